import type { Finding, MappingFacts } from './facts.ts';

/**
 * How long a received message should stay hidden. AWS advises six function timeouts plus the window (Lambda Developer
 * Guide, "Configuring SQS event source"): a throttled batch can be retried before its messages come back.
 */
export function advisedVisibilitySeconds(timeoutSeconds: number, windowSeconds = 0): number {
  return 6 * timeoutSeconds + windowSeconds;
}

/**
 * What one record adds to its batch at worst, unless the mapping's facts say it: one write to a service of AWS with a
 * retry or two. A function that handles its records at the same time needs less.
 */
const assumedSlowestRecordSeconds = 0.25;

/** A `ReceiveMessage` returns at most ten messages (SQS API reference). */
const messagesPerReceive = 10;
/** Time for a receive that finds messages, generously: a busy queue fills a batch by such receives. */
const secondsPerReceive = 0.1;

/** What is wrong with a mapping, or between its function and its queue. */
export function mappingFindings(mapping: MappingFacts): readonly Finding[] {
  return [
    ...visibility(mapping),
    ...batchOutlastsTimeout(mapping),
    ...windowTooLong(mapping),
    ...wholeBatchFails(mapping),
    ...disabled(mapping),
    ...cannotDecrypt(mapping),
  ];
}

function visibility(mapping: MappingFacts): readonly Finding[] {
  const { queue, function: fn, windowSeconds } = mapping;
  const visibilitySeconds = queue?.visibilityTimeoutSeconds;
  const timeoutSeconds = fn?.timeoutSeconds;
  if (queue === undefined || fn === undefined || visibilitySeconds === undefined || timeoutSeconds === undefined) {
    return [];
  }
  // AWS refuses to create such a mapping (Lambda API reference, CreateEventSourceMapping).
  if (timeoutSeconds > visibilitySeconds) {
    return [
      {
        code: 'timeout-above-visibility',
        severity: 'error',
        subject: mapping,
        what: `${fn.name} may take ${timeoutSeconds} s, but ${queue.name} shows a message again after ${visibilitySeconds} s: AWS refuses it, because messages would come back while they are being processed.`,
        mend: `Set the visibility timeout to ${advisedVisibilitySeconds(timeoutSeconds, windowSeconds)} s.`,
      },
    ];
  }
  const advisedSeconds = advisedVisibilitySeconds(timeoutSeconds, windowSeconds);
  if (windowSeconds === undefined || visibilitySeconds >= advisedSeconds) return [];
  return [
    {
      code: 'visibility-too-short',
      severity: 'warning',
      subject: mapping,
      what: `${queue.name} hides a message for ${visibilitySeconds} s, less than 6 × the ${timeoutSeconds} s of ${fn.name} + the window of ${windowSeconds} s = ${advisedSeconds} s: a batch that is throttled comes back before Lambda has retried it, and uses up receives.`,
      mend: `Set the visibility timeout to ${advisedSeconds} s, or the function's timeout lower.`,
    },
  ];
}

function batchOutlastsTimeout(mapping: MappingFacts): readonly Finding[] {
  const { batchSize, function: fn, slowestRecordSeconds: known } = mapping;
  const slowestSeconds = known ?? assumedSlowestRecordSeconds;
  if (fn?.timeoutSeconds === undefined || batchSize === undefined) return [];
  const batchSeconds = Number((batchSize * slowestSeconds).toFixed(3));
  if (batchSeconds <= fn.timeoutSeconds) return [];
  const fitting = Math.floor(fn.timeoutSeconds / slowestSeconds);
  return [
    {
      code: 'batch-outlasts-timeout',
      severity: known === undefined ? 'warning' : 'error',
      subject: mapping,
      what: `A batch of ${batchSize} × ${slowestSeconds} s for a record at worst${known === undefined ? ' (assumed)' : ''} = ${batchSeconds} s, above the timeout of ${fn.name}, ${fn.timeoutSeconds} s: the whole batch fails, and what it had done is done again.`,
      mend: `Set the timeout to ${Math.ceil(batchSeconds)} s or more${fitting > 0 ? `, or the batch size to ${fitting}` : ''}, or say how long a record takes.`,
    },
  ];
}

function windowTooLong(mapping: MappingFacts): readonly Finding[] {
  const { batchSize, windowSeconds } = mapping;
  if (batchSize === undefined || windowSeconds === undefined) return [];
  const receives = Math.ceil(batchSize / messagesPerReceive);
  const neededSeconds = receives === 1 ? 0 : Math.ceil(Number((receives * secondsPerReceive).toFixed(1)));
  if (windowSeconds <= neededSeconds) return [];
  return [
    {
      code: 'window-too-long',
      severity: 'warning',
      subject: mapping,
      what: `A batch of ${batchSize} comes from a busy queue in ${receives === 1 ? 'one receive' : `${receives} receives, about ${neededSeconds} s`}; with a window of ${windowSeconds} s a message of a quiet one waits up to ${windowSeconds} s for nothing but fewer invocations.`,
      mend: `Set the window to ${neededSeconds} s, unless fewer invocations are worth the wait.`,
    },
  ];
}

function wholeBatchFails(mapping: MappingFacts): readonly Finding[] {
  const { batchSize, partialBatchResponses } = mapping;
  if (partialBatchResponses !== false || batchSize === undefined || batchSize === 1) return [];
  return [
    {
      code: 'whole-batch-fails',
      severity: 'warning',
      subject: mapping,
      what: `${mapping.name} does not report failures item by item: one bad message fails its batch of up to ${batchSize}, and good ones use up their receives with it.`,
      mend: 'Have the handler answer batchItemFailures and switch ReportBatchItemFailures on.',
    },
  ];
}

function disabled(mapping: MappingFacts): readonly Finding[] {
  if (mapping.enabled) return [];
  return [
    {
      code: 'mapping-disabled',
      severity: 'warning',
      subject: mapping,
      what: `${mapping.name} is disabled: ${mapping.queue?.name ?? 'its queue'} is not consumed, and messages expire there.`,
      mend: 'Enable the mapping once the reason is gone.',
    },
  ];
}

function cannotDecrypt(mapping: MappingFacts): readonly Finding[] {
  const { mayDecrypt, queue, function: fn } = mapping;
  if (mayDecrypt !== false || queue === undefined || fn === undefined) return [];
  return [
    {
      code: 'cannot-decrypt',
      severity: 'warning',
      subject: mapping,
      what: `A key of the app encrypts ${queue.name}, and nothing in the app allows kms:Decrypt to the role of ${fn.name}: AWS creates the mapping, and it receives nothing.`,
      mend: 'Let key.grantDecrypt(fn) allow it, or give the queue to the event source with its key.',
    },
  ];
}
