import { afterAll, describe, expect, test } from '@jest/globals';
import type { EventStream, RuntimeEvent } from '../../src/events.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { codeFolder, functionModel, invokeJson, isAlive, removeFolders, startLambda } from './function-fixture.ts';

const code = `
  let count = 0;
  exports.handler = async ({ action }) => {
    count += 1;
    if (action === 'block') for (;;) {}
    if (action === 'wait') await new Promise(() => setTimeout(() => {}, 60000));
    return { count };
  };
`;

afterAll(removeFolders);

function next(events: EventStream, matches: (event: RuntimeEvent) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = events.subscribe((event) => {
      if (!matches(event)) return;
      unsubscribe();
      resolve();
    });
  });
}

describe('a timeout', () => {
  test.each(['block', 'wait'])(
    'of a function that %ss is Sandbox.Timedout, kills the process and keeps the environment',
    async (action) => {
      const clock = new ManualClock();
      const fn = functionModel({ codeDirectory: codeFolder({ 'index.js': code }), timeoutSeconds: 3 });
      await using running = await startLambda([fn], { clock });
      const before = await invokeJson(running.lambda, 'worker', {});

      const started = next(running.events, (event) => event.type === 'invocation-started');
      const invoked = invokeJson(running.lambda, 'worker', { action });
      await started;
      await clock.advance(2999);
      expect(running.emitted.at(-1)).not.toMatchObject({ type: 'invocation-ended' });
      await clock.advance(1);
      const { result, payload } = await invoked;
      expect(result).toMatchObject({ functionError: 'Unhandled', errorType: 'Sandbox.Timedout', outcome: 'timeout' });
      expect(payload).toEqual({
        errorType: 'Sandbox.Timedout',
        errorMessage: `RequestId: ${result.requestId} Error: Task timed out after 3.00 seconds`,
      });
      expect(result.logTail).toContain(`Z ${result.requestId} Task timed out after 3.00 seconds\nEND `);
      expect(result.logTail).toMatch(/\tStatus: timeout\t\n$/);

      const after = await invokeJson(running.lambda, 'worker', {});
      expect(after.payload).toEqual({ count: 1 });
      expect(after.result.executionEnvironmentId).toBe(before.result.executionEnvironmentId);
    },
  );

  test('of an invocation that initialises again is counted by one clock from its start', async () => {
    const clock = new ManualClock();
    const exits = `
      console.log('pid', process.pid);
      exports.handler = ({ action }) => { if (action === 'exit') process.exit(1); for (;;) {} };
    `;
    const fn = functionModel({ codeDirectory: codeFolder({ 'index.js': exits }), timeoutSeconds: 3 });
    await using running = await startLambda([fn], { clock });
    await invokeJson(running.lambda, 'worker', { action: 'exit' });

    const started = next(running.events, (event) => event.type === 'invocation-started');
    const invoked = invokeJson(running.lambda, 'worker', {});
    await started;
    const [, pid] =
      running
        .logs()
        .findLast((line) => line.includes('pid'))
        ?.match(/pid (\d+)/) ?? [];
    await clock.advance(2999);
    expect(isAlive(pid)).toBe(true);
    await clock.advance(1);
    expect((await invoked).result).toMatchObject({ outcome: 'timeout' });
    expect(isAlive(pid)).toBe(false);
  });

  test('of an initialisation comes after 10 s, and then that of the invocation that initialises again', async () => {
    const clock = new ManualClock();
    const files = { 'index.mjs': 'console.log("up"); await new Promise((r) => setTimeout(r, 60000));' };
    const fn = functionModel({ codeDirectory: codeFolder(files), timeoutSeconds: 3 });
    await using running = await startLambda([fn], { clock });
    const up = () => next(running.events, (event) => event.type === 'log' && event.message.endsWith('up'));
    const firstUp = up();
    const invoked = invokeJson(running.lambda, 'worker', {});
    await firstUp;
    const secondUp = up();
    await clock.advance(10_000);
    await secondUp;
    await clock.advance(3000);
    expect((await invoked).result).toMatchObject({ errorType: 'Sandbox.Timedout', outcome: 'timeout' });
    const reports = running.logs().filter((line) => line.startsWith('INIT_REPORT'));
    expect(reports.map((line) => line.split('\t').slice(1))).toEqual([
      ['Phase: init', 'Status: timeout'],
      ['Phase: invoke', 'Status: timeout'],
    ]);
  });
});
