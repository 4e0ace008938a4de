import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { EventStream } from '../../src/events.ts';
import { faultKinds, type FaultName } from '../../src/faults/fault-kinds.ts';
import { planFaults } from '../../src/faults/fault-plan.ts';
import { Faults } from '../../src/faults/faults.ts';

const own = { _HANDLER: 'index.handler', AWS_LAMBDA_FUNCTION_NAME: 'f', AWS_LAMBDA_LOG_STREAM_NAME: 's' };

/** What a process gets when the fault strikes it. */
function struck(kind: FaultName): Readonly<Record<string, string>> {
  const faults = new Faults(planFaults(1, [kind]), new EventStream());
  for (let opportunity = 0; opportunity < faultKinds[kind].span; opportunity += 1) {
    const variables = faults.variables(own);
    if (variables !== own) return variables;
  }
  throw new Error(`${kind} never struck`);
}

test('a process that is made to exit while it initialises says in one line that this is injected', () => {
  const { NODE_OPTIONS } = struck('init-exit');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', 'console.log("on")'], {
    env: { NODE_OPTIONS },
    encoding: 'utf8',
  });
  expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: 'Injected fault: init-exit\n' });
});

test('a handler that is made to be missing names the fault', () => {
  expect(struck('init-error')['_HANDLER']).toBe('index.handler-injected-fault-init-error');
});
