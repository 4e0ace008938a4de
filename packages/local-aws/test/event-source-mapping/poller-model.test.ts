import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { localCeiling } from '../../src/services/lambda/event-source-mapping/poller-group.ts';
import { type Command, commands, type Model, runToTheEnd, startSystem } from './poller-model.ts';

interface Settings {
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly maximumConcurrency: number | undefined;
  readonly gatherInParallel: boolean;
  readonly throttles: boolean;
}

const settings: fc.Arbitrary<Settings> = fc.record({
  batchSize: fc.integer({ min: 1, max: 10 }),
  windowSeconds: fc.constantFrom(0, 5),
  maximumConcurrency: fc.option(fc.integer({ min: 2, max: 6 }), { nil: undefined }),
  gatherInParallel: fc.boolean(),
  throttles: fc.boolean(),
});

async function run(
  { gatherInParallel, throttles, maximumConcurrency, ...batching }: Settings,
  steps: Iterable<Command>,
) {
  const mapping = { ...batching, ...(maximumConcurrency !== undefined && { maximumConcurrency }) };
  const model: Model = { sent: new Set(), succeeded: new Set() };
  const limits = { ...batching, throttles, maximumConcurrency: maximumConcurrency ?? localCeiling };
  const system = startSystem({ mapping, gatherInParallel, ...limits });
  try {
    await fc.asyncModelRun(() => ({ model, real: system }), steps);
    await runToTheEnd(model, system);
  } finally {
    await system.orders.close();
  }
}

/**
 * Never more than the maximum at a time, and no poller idle while messages wait; each batch goes at its time, neither
 * before nor after; nothing deleted that was not reported as succeeded; nothing received while in flight or disabled,
 * or passed on twice; every message ends deleted or in the dead-letter queue.
 */
test('whatever functions and clock do, the mapping keeps its rules', async () => {
  const sequences = fc.commands(commands, { maxCommands: 40, size: 'max' });
  const property = fc.asyncProperty(settings, sequences, run);
  await expect(fc.assert(property, { numRuns: 100 })).resolves.toBeUndefined();
});
