import { GetQueueAttributesCommand, GetQueueUrlCommand, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';
import type { QueueFacts, RedriveFacts } from '../../shared/doctor/facts.ts';

type Attributes = Readonly<Partial<Record<string, string>>>;

/** The queues with these URLs and those behind them, by their ARNs. */
export async function readQueues(client: SQSClient, urls: readonly string[]): Promise<ReadonlyMap<string, QueueFacts>> {
  const known = new Map<string, Attributes>();
  let pending = urls;
  while (pending.length > 0) {
    const read = await Promise.all(pending.map((url) => readAttributes(client, url)));
    for (const attributes of read) known.set(attributes['QueueArn'] ?? '', attributes);
    const behind = new Set(read.flatMap((attributes) => redriveOf(attributes)?.arn ?? []));
    const unknown = [...behind].filter((arn) => !known.has(arn));
    pending = (await Promise.all(unknown.map((arn) => urlOf(client, arn)))).flat();
  }
  const facts = new Map<string, QueueFacts>();
  for (const arn of known.keys()) link(arn, known, facts);
  return facts;
}

async function readAttributes(client: SQSClient, url: string): Promise<Attributes> {
  const { Attributes: attributes = {} } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      // `FifoQueue` is answered by FIFO queues only.
      AttributeNames: ['All'],
    }),
  );
  return attributes;
}

/** Nothing where the dead-letter queue is gone, or not ours to see: what is not known is not judged. */
async function urlOf(client: SQSClient, arn: string): Promise<readonly string[]> {
  const [, , , , account, name] = arn.split(':');
  try {
    const command = new GetQueueUrlCommand({ QueueName: name, QueueOwnerAWSAccountId: account });
    const { QueueUrl: url } = await client.send(command);
    return url === undefined ? [] : [url];
  } catch (error) {
    if (error instanceof QueueDoesNotExist || (error as Error).name === 'AccessDenied') return [];
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
