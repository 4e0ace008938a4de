import { describe, expect, test } from '@jest/globals';
import { appError } from '../../../tools/run/synthesize.ts';

const root = '/home/me/project/';
const read = (...lines: string[]) => appError(lines.join('\n'), root);

describe('the error of a failed CDK app', () => {
  test('is where a source file stops and why, without Node around it', () => {
    const error = read(
      'node:internal/modules/run_main:107',
      '    triggerUncaughtException(',
      '    ^',
      '',
      'file:///home/me/project/lib/queues.ts:51',
      'const x = ;',
      '          ^',
      '',
      'SyntaxError [ERR_INVALID_TYPESCRIPT_SYNTAX]: Expression expected',
      '    at parseTypeScript (node:internal/modules/typescript:72:36) {',
      "  code: 'ERR_INVALID_TYPESCRIPT_SYNTAX'",
      '}',
      '',
      'Node.js v24.21.0',
    );
    expect(error.split('\n')).toEqual([
      'lib/queues.ts:51',
      'const x = ;',
      '          ^',
      '',
      'SyntaxError [ERR_INVALID_TYPESCRIPT_SYNTAX]: Expression expected',
    ]);
  });

  test('is what the bundler says of a handler, without what the CDK adds', () => {
    const error = read(
      'Bundling asset OrderPipeline/ProcessOrders/Function/Code/Stage...',
      '✘ [ERROR] Unexpected ";"',
      '',
      '    lambdas/process-orders/handler.ts:25:10:',
      '      25 │ const x = ;',
      '         ╵           ^',
      '',
      '[«FailedToBundleAsset» Failed to bundle asset OrderPipeline/ProcessOrders/Function/Code/Stage: Error: Build failed',
      'lambdas/process-orders/handler.ts:25:10: ERROR: Unexpected ";"',
      '    ...aws-cdk-lib...',
    );
    expect(error).toMatch(/^✘ \[ERROR\] Unexpected ";"\n\n {4}lambdas\/process-orders\/handler.ts:25:10:[^«]*\^$/);
  });

  test('thrown by a construct is its message and the nearest frame in the project', () => {
    const error = read(
      'Error: A queue needs a name.',
      '    at new Queue (/home/me/project/node_modules/aws-cdk-lib/aws-sqs/lib/queue.js:1:1)',
      '    at new Queues (file:///home/me/project/lib/queues.ts:12:5)',
      '    at main (file:///home/me/project/bin/app.ts:3:1)',
    );
    expect(error).toBe('Error: A queue needs a name.\n    at new Queues (lib/queues.ts:12:5)');
  });

  test('without a stack is all of it', () => {
    expect(read('The configuration cannot be deployed:', '- batchSize is 0.', '')).toBe(
      'The configuration cannot be deployed:\n- batchSize is 0.',
    );
  });
});
