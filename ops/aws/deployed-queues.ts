import { GetQueueAttributesCommand, GetQueueUrlCommand, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';
import type { QueueFacts, RedriveFacts } from '../../shared/doctor/facts.ts';

type Attributes = Readonly<Partial<Record<string, string>>>;

/** The queues with these URLs and those behind them, by their ARNs. */
export async function readQueues(client: SQSClient, urls: readonly string[]): Promise<ReadonlyMap<string, QueueFacts>> {
  const known = new Map<string, Attributes>();
  let read = (await Promise.all(urls.map((url) => readAttributes(client, url)))).flat();
  while (read.length > 0) {
    for (const attributes of read) known.set(attributes['QueueArn'] ?? '', attributes);
    const behind = new Set(read.flatMap((attributes) => redriveOf(attributes)?.arn ?? []));
    const unknown = [...behind].filter((arn) => !known.has(arn));
    read = (await Promise.all(unknown.map((arn) => readBehind(client, arn)))).flat();
  }
  const facts = new Map<string, QueueFacts>();
  for (const arn of known.keys()) link(arn, known, facts);
  return facts;
}

/** Nothing where the queue is gone: what somebody deleted by hand is still a resource of the stack. */
async function readAttributes(client: SQSClient, url: string): Promise<readonly Attributes[]> {
  try {
    // Asked for by name, `FifoQueue` is refused for standard queues.
    const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] });
    const { Attributes: attributes = {} } = await client.send(command);
    return [attributes];
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return [];
    throw error;
  }
}

/** Nothing where the dead-letter queue is gone, or not ours to see: what is not known is not judged. */
async function readBehind(client: SQSClient, arn: string): Promise<readonly Attributes[]> {
  const [, , , , account, name] = arn.split(':');
  try {
    const command = new GetQueueUrlCommand({ QueueName: name, QueueOwnerAWSAccountId: account });
    const { QueueUrl: url } = await client.send(command);
    return url === undefined ? [] : await readAttributes(client, url);
  } catch (error) {
    const hidden = error instanceof Error && error.name.startsWith('AccessDenied');
    if (hidden || error instanceof QueueDoesNotExist) return [];
    throw error;
  }
}

/** A queue with those behind it; `before` ends a chain that comes round to itself. */
function link(
  arn: string,
  known: ReadonlyMap<string, Attributes>,
  facts: Map<string, QueueFacts>,
  before: readonly string[] = [],
): QueueFacts | undefined {
  const linked = facts.get(arn);
  const attributes = known.get(arn);
  if (linked !== undefined || attributes === undefined || before.includes(arn)) return linked;
  const redrive = redriveOf(attributes);
  const deadLetters: RedriveFacts | null =
    redrive === null
      ? null
      : {
          maxReceiveCount: redrive.maxReceiveCount,
          deadLetterQueue: link(redrive.arn, known, facts, [...before, arn]),
        };
  const queue: QueueFacts = {
    kind: 'queue',
    name: arn.split(':').at(-1) ?? arn,
    fifo: attributes['FifoQueue'] === 'true',
    visibilityTimeoutSeconds: Number(attributes['VisibilityTimeout']),
    retentionSeconds: Number(attributes['MessageRetentionPeriod']),
    redrive: deadLetters,
  };
  facts.set(arn, queue);
  return queue;
}

function redriveOf(attributes: Attributes): { readonly arn: string; readonly maxReceiveCount: number } | null {
  const text = attributes['RedrivePolicy'];
  if (text === undefined) return null;
  const policy = JSON.parse(text) as {
    readonly deadLetterTargetArn: string;
    readonly maxReceiveCount: number | string;
  };
  return { arn: policy.deadLetterTargetArn, maxReceiveCount: Number(policy.maxReceiveCount) };
}
