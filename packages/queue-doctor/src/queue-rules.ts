import type { Facts, Finding, QueueFacts } from './facts.ts';

const daySeconds = 24 * 60 * 60;
/** The longest retention of SQS (API reference, SetQueueAttributes). */
const longestRetentionSeconds = 14 * daySeconds;
/** AWS advises 5 (Lambda Developer Guide, "Configuring SQS event source"). With 3, a throttle or two leave a retry. */
const fewestReceives = 3;

/** What is wrong with a queue and its dead-letter queues. */
export function queueFindings(queue: QueueFacts, facts: Facts): readonly Finding[] {
  return [
    ...noDeadLetterQueue(queue, facts),
    ...deadLettersExpireEarly(queue, facts),
    ...fewReceives(queue, facts),
    ...fifoOrderEnds(queue, facts),
    ...deadLettersMoveOnAtOnce(queue),
  ];
}

function noDeadLetterQueue(queue: QueueFacts, { mappings }: Facts): readonly Finding[] {
  if (queue.redrive !== null || !mappings.some((mapping) => mapping.queue === queue)) return [];
  return [
    {
      code: 'no-dead-letter-queue',
      severity: 'warning',
      subject: queue,
      what: `${queue.name} is consumed and has no dead-letter queue: a message that always fails comes back until it expires${after(queue)}, and is then gone. Each receive and each invocation is paid for: ${receivesOf(queue)}in a loop without a pause where the handler makes it visible at once.`,
      mend: 'Give it a redrive policy with a dead-letter queue.',
    },
  ];
}

/**
 * A standard queue's message keeps its age when it moves; a FIFO queue's starts anew (SQS Developer Guide, "Setting-up
 * dead-letter queue retention").
 */
function deadLettersExpireEarly(queue: QueueFacts, facts: Facts): readonly Finding[] {
  const source = queue.retentionSeconds;
  const deadLetterQueue = queue.redrive?.deadLetterQueue;
  const behind = deadLetterQueue?.retentionSeconds;
  if (queue.fifo || source === undefined || behind === undefined || behind > source) return [];
  // A parking queue cannot keep messages longer than a dead-letter queue that keeps them for 14 days.
  const fourteenDaysDo = source < longestRetentionSeconds || isDeadLetterQueue(queue, facts);
  if (behind === longestRetentionSeconds && fourteenDaysDo) return [];
  const mend = fourteenDaysDo
    ? `Set the retention of ${deadLetterQueue!.name} to 14 days, the longest there is.`
    : `Shorten the retention of ${queue.name}: 14 days are the longest there is.`;
  return [
    {
      code: 'dead-letters-expire-early',
      severity: 'error',
      subject: queue,
      what: `${deadLetterQueue!.name} keeps messages for ${retention(behind)}, ${queue.name} for ${retention(source)}: a message keeps its age when it moves, and one that waited long expires in the dead-letter queue before anybody has seen it.`,
      mend,
    },
  ];
}

function fewReceives(queue: QueueFacts, facts: Facts): readonly Finding[] {
  const receives = queue.redrive?.maxReceiveCount;
  // In a dead-letter queue, receives in the first queue may count as well: another rule judges there.
  if (receives === undefined || receives >= fewestReceives || isDeadLetterQueue(queue, facts)) return [];
  return [
    {
      code: 'few-receives',
      severity: 'warning',
      subject: queue,
      what: `${queue.name} gives a message up after maxReceiveCount ${receives}, below ${fewestReceives}: a throttle, a timeout or a crash of the function is enough for a good message to end in the dead-letter queue.`,
      mend: 'Set maxReceiveCount to 5 or more.',
    },
  ];
}

/** A dead-letter queue breaks the exact order of a FIFO queue (SQS Developer Guide, "Using dead-letter queues"). */
function fifoOrderEnds(queue: QueueFacts, facts: Facts): readonly Finding[] {
  const { fifo, redrive } = queue;
  if (!fifo || redrive === null || redrive === undefined || isDeadLetterQueue(queue, facts)) return [];
  const receives = redrive.maxReceiveCount ?? 'its last';
  return [
    {
      code: 'fifo-order-ends',
      severity: 'warning',
      subject: queue,
      what: `${queue.name} keeps the order of a message group only until a message fails: after receive ${receives} the message goes to the dead-letter queue, and those behind it in its group are handled without it. Sent again, the message comes behind them.`,
      mend: 'If messages of a group may be handled without the one before them, acknowledge this. If not, take the dead-letter queue away, and see that somebody is told of a group that stands still.',
    },
  ];
}

/** A warning and no error: AWS does not say whether receives in the first queue count in the second. */
function deadLettersMoveOnAtOnce({ redrive }: QueueFacts): readonly Finding[] {
  const first = redrive?.maxReceiveCount;
  const deadLetterQueue = redrive?.deadLetterQueue;
  const second = deadLetterQueue?.redrive?.maxReceiveCount;
  if (first === undefined || second === undefined || second > first) return [];
  return [
    {
      code: 'dead-letters-move-on-at-once',
      severity: 'warning',
      subject: deadLetterQueue!,
      what: `${deadLetterQueue!.name} gives a message up after maxReceiveCount ${second}, but SQS may count on from the queue before it, which gives up after ${first} (AWS does not say): then messages move on before they are handled once.`,
      mend: `Set its maxReceiveCount well above ${first}, or leave out the queue behind it.`,
    },
  ];
}

function isDeadLetterQueue(queue: QueueFacts, { queues }: Facts): boolean {
  return queues.some(({ redrive }) => redrive?.deadLetterQueue === queue);
}

/** How often a message is received at most, when it waits for its visibility timeout each time. */
function receivesOf({ retentionSeconds, visibilityTimeoutSeconds }: QueueFacts): string {
  if (retentionSeconds === undefined || visibilityTimeoutSeconds === undefined || visibilityTimeoutSeconds === 0) {
    return '';
  }
  const receives = Math.ceil(retentionSeconds / visibilityTimeoutSeconds).toLocaleString('en');
  return `up to ${receives} times at a visibility timeout of ${visibilityTimeoutSeconds} s, and `;
}

function after({ retentionSeconds }: QueueFacts): string {
  return retentionSeconds === undefined ? '' : ` after ${retention(retentionSeconds)}`;
}

function retention(seconds: number): string {
  if (seconds % daySeconds !== 0) return `${seconds} s`;
  return seconds === daySeconds ? '1 day' : `${seconds / daySeconds} days`;
}
