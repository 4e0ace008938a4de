import { describe, expect, test } from '@jest/globals';
import { exitReason } from '../../src/services/lambda/exit-reason.ts';

describe('the reason of an exit', () => {
  test.each([
    [{ code: 0, signal: null }, 'Runtime exited without providing a reason'],
    [{ code: 3, signal: null }, 'Runtime exited with error: exit status 3'],
    [{ code: null, signal: 'SIGKILL' }, 'Runtime exited with error: signal: killed'],
    [{ code: null, signal: 'SIGABRT' }, 'Runtime exited with error: signal: aborted'],
    [{ code: null, signal: 'SIGSEGV' }, 'Runtime exited with error: signal: segmentation fault'],
  ])('%j reads "%s"', (exit, message) => {
    expect(exitReason({ ...exit, outOfMemory: false })).toEqual({ errorType: 'Runtime.ExitError', message });
  });

  test('a process over its memory limit is Runtime.OutOfMemory, killed', () => {
    expect(exitReason({ code: null, signal: 'SIGKILL', outOfMemory: true })).toEqual({
      errorType: 'Runtime.OutOfMemory',
      message: 'Runtime exited with error: signal: killed',
    });
  });
});
