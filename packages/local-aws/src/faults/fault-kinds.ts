/** What a fault needs to happen: each kind is decided on whenever one of these comes by. */
export type Opportunity =
  | 'invocation'
  | 'process-start'
  | 'table-write'
  | 'table-request'
  | 'queue-request'
  | 'queue-batch'
  | 'visibility-change'
  | 'receive'
  | 'delete';

interface FaultKind {
  readonly at: Opportunity;
  /** Decided so that it strikes once to three times in every so many opportunities. */
  readonly span: number;
  /** What happens, in words for people. */
  readonly what: string;
}

/** Every fault that can be injected, by name: when it may strike, how often, and what happens then. */
export const faultKinds = {
  'kill-at-start': { at: 'invocation', span: 12, what: 'a function is killed (-9) before it reads its batch' },
  'kill-mid-batch': { at: 'invocation', span: 10, what: 'a function is killed (-9) some milliseconds into its batch' },
  'kill-before-write': {
    at: 'table-write',
    span: 50,
    what: 'a function is killed (-9) before its write is carried out',
  },
  'kill-after-write': {
    at: 'table-write',
    span: 50,
    what: 'a function is killed (-9) after its write, before it knows',
  },
  'kill-before-response': { at: 'table-write', span: 50, what: 'a function is killed (-9) between write and response' },
  'hang-at-start': { at: 'invocation', span: 12, what: 'a function stands still until its timeout, its batch unread' },
  'hang-after-write': { at: 'table-write', span: 50, what: 'a function stands still after a write, until its timeout' },
  pause: { at: 'invocation', span: 10, what: 'a function stands still for seconds, and goes on' },
  'out-of-memory': { at: 'process-start', span: 6, what: 'a function passes its memory limit' },
  'init-error': { at: 'process-start', span: 6, what: 'a function throws while it initialises, twice in a row' },
  'init-exit': { at: 'process-start', span: 6, what: 'a function exits while it initialises, twice in a row' },
  'replace-functions': { at: 'invocation', span: 10, what: 'every function is replaced by another version of it' },
  'table-throttles': { at: 'table-request', span: 40, what: 'the table throttles a request' },
  'table-refuses': { at: 'table-request', span: 40, what: 'the table answers 500' },
  'table-slow': { at: 'table-request', span: 60, what: 'the table answers 0.1 to 0.4 s late' },
  'table-down': { at: 'table-request', span: 250, what: 'the table is down for up to a minute' },
  'table-answers-late': { at: 'table-write', span: 80, what: 'the table writes, and answers when the client has gone' },
  'table-writes-late': { at: 'table-write', span: 80, what: 'the table writes when the client has gone' },
  'sqs-500': { at: 'queue-request', span: 8, what: 'SQS answers 500' },
  'sqs-503': { at: 'queue-request', span: 8, what: 'SQS answers 503' },
  'sqs-drops-before': { at: 'queue-request', span: 8, what: 'SQS drops the connection and does nothing' },
  'sqs-drops-after': { at: 'queue-request', span: 8, what: 'SQS does what it was asked to and drops the connection' },
  'sqs-partial-failure': { at: 'queue-batch', span: 6, what: 'SQS refuses some entries of a batch, as `Failed`' },
  'delivered-twice': { at: 'delete', span: 25, what: 'a deleted message is delivered again' },
  'delivered-at-once': {
    at: 'receive',
    span: 10,
    what: 'a message is delivered to a second function at the same time',
  },
  'out-of-order': { at: 'receive', span: 1, what: 'messages are delivered out of order' },
  'during-visibility-change': {
    at: 'visibility-change',
    span: 4,
    what: 'a message is delivered while its visibility is being changed',
  },
  'clock-forward': { at: 'invocation', span: 12, what: 'the clock of the queues jumps forward, by up to two minutes' },
  'clock-backward': { at: 'invocation', span: 12, what: 'the clock of the queues jumps back, by up to ten seconds' },
} as const satisfies Readonly<Record<string, FaultKind>>;

/** The name of a fault: a key of `faultKinds`. */
export type FaultName = keyof typeof faultKinds;

/** All of them, in the order of `faultKinds`. */
export const faultNames = Object.keys(faultKinds) as readonly FaultName[];
