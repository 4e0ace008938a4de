/**
 * What the doctor knows of queues, functions and the mappings between them. Facts come from constructs or from a
 * deployed stack. Undefined means unknown: no rule judges an unknown value.
 */
export interface Facts {
  readonly queues: readonly QueueFacts[];
  readonly functions: readonly FunctionFacts[];
  readonly mappings: readonly MappingFacts[];
  /**
   * Invocations that the account lets run at a time in this region, without those that functions reserve (Lambda API
   * Reference, GetAccountSettings: UnreservedConcurrentExecutions). No template says it.
   */
  readonly unreservedConcurrency?: number;
}

/** A queue, standard or FIFO. */
export interface QueueFacts {
  readonly kind: 'queue';
  /** What findings call the queue. */
  readonly name: string;
  readonly fifo: boolean;
  readonly visibilityTimeoutSeconds: number | undefined;
  readonly retentionSeconds: number | undefined;
  /** Null where the queue has no dead-letter queue. */
  readonly redrive: RedriveFacts | null | undefined;
}

/** Where a queue's messages go, and after how many receives. */
export interface RedriveFacts {
  readonly maxReceiveCount: number | undefined;
  readonly deadLetterQueue: QueueFacts | undefined;
}

/** A function, whether a queue feeds it or not. */
export interface FunctionFacts {
  readonly kind: 'function';
  readonly name: string;
  readonly timeoutSeconds: number | undefined;
  readonly memoryMb: number | undefined;
  /** Null where the function shares the account's concurrency. */
  readonly reservedConcurrency: number | null | undefined;
  /** Durations and memory, from the function's logs; undefined where no invocation was measured. */
  readonly measured?: MeasuredRun;
}

/** An event source mapping from a queue to a function. */
export interface MappingFacts {
  readonly kind: 'mapping';
  readonly name: string;
  readonly queue: QueueFacts | undefined;
  readonly function: FunctionFacts | undefined;
  readonly enabled: boolean;
  readonly batchSize: number | undefined;
  readonly windowSeconds: number | undefined;
  /** Null where the mapping has no limit of its own. */
  readonly maximumConcurrency: number | null | undefined;
  readonly partialBatchResponses: boolean | undefined;
  /** Whether the function's role may decrypt with the key of the queue; only of a queue that has a key of the app. */
  readonly mayDecrypt?: boolean | undefined;
  /** The longest that one record adds to the duration of its batch; undefined takes `assumedSlowestRecordSeconds`. */
  readonly slowestRecordSeconds?: number;
}

/** What the REPORT lines of a function's log say, of all invocations in a span of time. */
export interface MeasuredRun {
  readonly invocations: number;
  readonly longestMs: number;
  readonly mostMemoryMb: number;
  /** Invocations that ran into the timeout. */
  readonly timeouts: number;
  /** Invocations that ran out of memory. */
  readonly outOfMemory: number;
}

/** Every code is a section of docs/doctor.md. */
export const findingCodes = [
  'timeout-above-visibility',
  'visibility-too-short',
  'no-dead-letter-queue',
  'dead-letters-expire-early',
  'few-receives',
  'fifo-order-ends',
  'dead-letters-move-on-at-once',
  'reserved-concurrency-too-low',
  'account-concurrency-too-low',
  'batch-outlasts-timeout',
  'window-too-long',
  'whole-batch-fails',
  'mapping-disabled',
  'cannot-decrypt',
  'timed-out',
  'timeout-tight',
  'timeout-generous',
  'out-of-memory',
  'memory-tight',
  'memory-unused',
] as const;

export type FindingCode = (typeof findingCodes)[number];

/** A mistake in a configuration. */
export interface Finding {
  readonly code: FindingCode;
  /** An error certainly loses messages or attempts, or AWS refuses it. A warning costs something, or is a risk. */
  readonly severity: 'error' | 'warning';
  readonly subject: QueueFacts | FunctionFacts | MappingFacts;
  /** What is wrong, with figures, and the consequence. */
  readonly what: string;
  /** What to do about it, with figures. */
  readonly mend: string;
}

/** The page of the project that has a section for every finding. */
const defaultPage = 'docs/doctor.md';

/**
 * Where a finding is explained.
 *
 * @param page address or path; the section's anchor is the finding's code
 */
export function linkOf({ code }: Pick<Finding, 'code'>, page = defaultPage): string {
  return `${page}#${code}`;
}

/** One line: what is wrong, how to mend it, and where both are explained. */
export function textOf(finding: Finding, page = defaultPage): string {
  return `${finding.what} ${finding.mend} (${linkOf(finding, page)})`;
}
