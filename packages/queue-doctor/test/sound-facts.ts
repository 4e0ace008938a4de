import type { Facts, FunctionFacts, MappingFacts, MeasuredRun, QueueFacts } from '../src/facts.ts';

export interface Changes {
  readonly queue?: Partial<QueueFacts>;
  readonly maxReceiveCount?: number;
  readonly deadLetterQueue?: Partial<QueueFacts>;
  readonly function?: Partial<FunctionFacts>;
  readonly mapping?: Partial<MappingFacts>;
  readonly unreservedConcurrency?: number;
}

export const measuredRun: MeasuredRun = {
  invocations: 1_000,
  longestMs: 900,
  mostMemoryMb: 120,
  timeouts: 0,
  outOfMemory: 0,
};

/** A queue, its dead-letter queue and a function that consumes it, with nothing wrong but for the changes. */
export function factsWith(changes: Changes = {}): Facts {
  const deadLetterQueue: QueueFacts = {
    kind: 'queue',
    name: 'dead-letters',
    fifo: false,
    visibilityTimeoutSeconds: 30,
    retentionSeconds: 1_209_600,
    redrive: null,
    ...changes.deadLetterQueue,
  };
  const queue: QueueFacts = {
    kind: 'queue',
    name: 'invoices',
    fifo: false,
    visibilityTimeoutSeconds: 60,
    retentionSeconds: 345_600,
    redrive: { maxReceiveCount: changes.maxReceiveCount ?? 5, deadLetterQueue },
    ...changes.queue,
  };
  const fn: FunctionFacts = {
    kind: 'function',
    name: 'print',
    timeoutSeconds: 10,
    memoryMb: 256,
    reservedConcurrency: null,
    measured: measuredRun,
    ...changes.function,
  };
  const mapping: MappingFacts = {
    kind: 'mapping',
    name: 'invoices → print',
    queue,
    function: fn,
    enabled: true,
    batchSize: 10,
    windowSeconds: 0,
    maximumConcurrency: 10,
    partialBatchResponses: true,
    ...changes.mapping,
  };
  const { unreservedConcurrency = 10 } = changes;
  return { queues: [queue, deadLetterQueue], functions: [fn], mappings: [mapping], unreservedConcurrency };
}
