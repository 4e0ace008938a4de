import type { Finding, FindingCode, MeasuredRun, QueueFacts } from '../src/facts.ts';
import { type Changes, measuredRun } from './sound-facts.ts';

export const measured = (changes: Partial<MeasuredRun>, settings = {}): Changes => ({
  function: { ...settings, measured: { ...measuredRun, ...changes } },
});
export const parking: QueueFacts = {
  kind: 'queue',
  name: 'parked',
  fifo: false,
  visibilityTimeoutSeconds: 30,
  retentionSeconds: 1_209_600,
  redrive: null,
};

type Case = readonly [FindingCode, Finding['severity'], Changes, what: string, mend: string];

/** A sound configuration broken in each way that the doctor knows. */
export const cases: readonly Case[] = [
  [
    'timeout-above-visibility',
    'error',
    { queue: { visibilityTimeoutSeconds: 9 } },
    'print may take 10 s, but invoices shows a message again after 9 s: AWS refuses it',
    'Set the visibility timeout to 60 s.',
  ],
  [
    'visibility-too-short',
    'warning',
    {
      queue: { visibilityTimeoutSeconds: 160 },
      mapping: { batchSize: 1_000, windowSeconds: 10 },
      function: { timeoutSeconds: 26 },
    },
    'invoices hides a message for 160 s, less than 6 × the 26 s of print + the window of 10 s = 166 s',
    'Set the visibility timeout to 166 s',
  ],
  [
    'no-dead-letter-queue',
    'warning',
    { queue: { redrive: null } },
    'invoices is consumed and has no dead-letter queue: a message that always fails comes back until it expires after 4 days, and is then gone. Each receive and each invocation is paid for: up to 5,760 times at a visibility timeout of 60 s, and in a loop without a pause where the handler makes it visible at once.',
    'Give it a redrive policy',
  ],
  [
    'dead-letters-expire-early',
    'error',
    { deadLetterQueue: { retentionSeconds: 345_600 } },
    'dead-letters keeps messages for 4 days, invoices for 4 days: a message keeps its age when it moves',
    'Set the retention of dead-letters to 14 days',
  ],
  [
    'dead-letters-expire-early',
    'error',
    { queue: { retentionSeconds: 1_209_600 } },
    'dead-letters keeps messages for 14 days, invoices for 14 days',
    'Shorten the retention of invoices',
  ],
  [
    'few-receives',
    'warning',
    { maxReceiveCount: 2 },
    'invoices gives a message up after maxReceiveCount 2, below 3',
    'Set maxReceiveCount to 5 or more.',
  ],
  [
    'fifo-order-ends',
    'warning',
    { queue: { fifo: true } },
    'invoices keeps the order of a message group only until a message fails: after receive 5 the message goes to the dead-letter queue',
    'take the dead-letter queue away',
  ],
  [
    'dead-letters-move-on-at-once',
    'warning',
    { deadLetterQueue: { redrive: { maxReceiveCount: 5, deadLetterQueue: parking } } },
    'dead-letters gives a message up after maxReceiveCount 5, but SQS may count on from the queue before it, which gives up after 5',
    'Set its maxReceiveCount well above 5',
  ],
  [
    'reserved-concurrency-too-low',
    'error',
    { function: { reservedConcurrency: 9 } },
    'print has a reserved concurrency of 9, below the maximum concurrency of 10 of its mapping',
    'Reserve 10 or more',
  ],
  [
    'reserved-concurrency-too-low',
    'warning',
    { function: { reservedConcurrency: 9 }, mapping: { maximumConcurrency: null } },
    'print has a reserved concurrency of 9, which invoices → print does not know of',
    'Give the mapping a maximum concurrency',
  ],
  [
    'account-concurrency-too-low',
    'warning',
    { unreservedConcurrency: 9 },
    'The account lets 9 invocations run at a time, of all its functions without a reserved concurrency, and this stack may want 10',
    'Ask AWS for a higher quota (Service Quotas, AWS Lambda, Concurrent executions), or lower the maximum concurrency of invoices → print.',
  ],
  [
    'batch-outlasts-timeout',
    'error',
    { mapping: { slowestRecordSeconds: 1.1 } },
    'A batch of 10 × 1.1 s for a record at worst = 11 s, above the timeout of print, 10 s',
    'Set the timeout to 11 s or more, or the batch size to 9',
  ],
  [
    'batch-outlasts-timeout',
    'warning',
    { mapping: { batchSize: 41, windowSeconds: 1 }, queue: { visibilityTimeoutSeconds: 61 } },
    'A batch of 41 × 0.25 s for a record at worst (assumed) = 10.25 s',
    'or the batch size to 40',
  ],
  [
    'window-too-long',
    'warning',
    { mapping: { windowSeconds: 1 }, queue: { visibilityTimeoutSeconds: 61 } },
    'A batch of 10 comes from a busy queue in one receive; with a window of 1 s a message of a quiet one waits up to 1 s',
    'Set the window to 0 s',
  ],
  [
    'window-too-long',
    'warning',
    {
      mapping: { batchSize: 1_000, windowSeconds: 11, slowestRecordSeconds: 0.01 },
      queue: { visibilityTimeoutSeconds: 71 },
    },
    'A batch of 1000 comes from a busy queue in 100 receives, about 10 s; with a window of 11 s',
    'Set the window to 10 s',
  ],
  [
    'whole-batch-fails',
    'warning',
    { mapping: { partialBatchResponses: false } },
    'invoices → print does not report failures item by item: one bad message fails its batch of up to 10',
    'switch ReportBatchItemFailures on',
  ],
  [
    'cannot-decrypt',
    'warning',
    { mapping: { mayDecrypt: false } },
    'A key of the app encrypts invoices, and nothing in the app allows kms:Decrypt to the role of print',
    'key.grantDecrypt(fn)',
  ],
  [
    'mapping-disabled',
    'warning',
    { mapping: { enabled: false } },
    'invoices → print is disabled: invoices is not consumed',
    'Enable the mapping',
  ],
  [
    'timed-out',
    'error',
    measured({ timeouts: 3, longestMs: 10_000 }),
    '3 of 1000 invocations of print ran into its timeout of 10 s',
    'Look for what they waited for',
  ],
  [
    'timeout-tight',
    'warning',
    measured({ longestMs: 8_001 }),
    'The timeout is 10 s, and the longest of 1000 invocations of print took 8.00 s',
    'Set the timeout higher',
  ],
  [
    'timeout-generous',
    'warning',
    { ...measured({ longestMs: 2_000 }, { timeoutSeconds: 60 }), queue: { visibilityTimeoutSeconds: 360 } },
    'The timeout is 60 s, and the longest of 1000 invocations of print took 2.00 s: messages of a batch that crashed stay hidden for six timeouts, 360 s',
    'Set the timeout to 40 s',
  ],
  [
    'out-of-memory',
    'error',
    measured({ outOfMemory: 1, mostMemoryMb: 256 }),
    '1 of 1000 invocations of print ran out of memory (256 MB)',
    'Set the memory higher',
  ],
  [
    'memory-tight',
    'warning',
    measured({ mostMemoryMb: 205 }),
    'print has 256 MB and used 205 MB at most in 1000 invocations',
    'Set the memory to 320 MB or more.',
  ],
  [
    'memory-unused',
    'warning',
    measured({}, { memoryMb: 3_008 }),
    'print has 3008 MB and used 120 MB at most in 1000 invocations: 1,769 MB are one vCPU',
    'Set the memory to 1769 MB or less.',
  ],
];
