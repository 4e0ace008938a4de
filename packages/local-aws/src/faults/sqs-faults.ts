import { AwsError, type CallContext, type JsonObject, type Operation, type RpcService } from '../endpoint/api.ts';
import type { Queue } from '../services/sqs/queue.ts';
import type { Injection } from './injection.ts';

const operations: readonly string[] = [
  'SendMessage',
  'SendMessageBatch',
  'ReceiveMessage',
  'DeleteMessage',
  'DeleteMessageBatch',
  'ChangeMessageVisibility',
  'ChangeMessageVisibilityBatch',
];
const requestKinds = ['sqs-500', 'sqs-503', 'sqs-drops-before', 'sqs-drops-after'] as const;

interface Surroundings {
  readonly injection: Injection;
  readonly queues: () => readonly Queue[];
}

/** SQS whose requests for messages fail now and then. */
export function faultySqs(service: RpcService, to: Surroundings): RpcService {
  return {
    ...service,
    operations: Object.fromEntries(
      Object.entries(service.operations).map(([name, operation]) => [
        name,
        operations.includes(name) ? faulty(name, operation, to) : operation,
      ]),
    ),
  };
}

function faulty(name: string, operation: Operation, { injection, queues }: Surroundings): Operation {
  const isBatch = name.endsWith('Batch');
  return {
    ...operation,
    async run(input, context) {
      const detail = `${name} of ${context.caller.sessionName ?? 'a client'}`;
      const kind = injection.first(requestKinds);
      if (kind !== undefined) injection.took(kind, detail);
      switch (kind) {
        case 'sqs-500':
          throw new AwsError('InternalError', 'SQS failed (fault injection).', { httpStatus: 500 });
        case 'sqs-503':
          throw new AwsError('ServiceUnavailable', 'SQS is unavailable (fault injection).', { httpStatus: 503 });
        case 'sqs-drops-before':
          throw hangUp(context);
        case 'sqs-drops-after':
          await operation.run(input, context);
          throw hangUp(context);
        case undefined:
      }
      if (name === 'ChangeMessageVisibilityBatch' && injection.strikes('during-visibility-change')) {
        return duringVisibilityChange(input, context, operation, { injection, queues });
      }
      return isBatch && injection.strikes('sqs-partial-failure')
        ? partial(input, context, operation, injection, detail)
        : operation.run(input, context);
    },
  };
}

/** Nobody sees this error: the connection is gone. */
function hangUp(context: CallContext): AwsError {
  context.hangUp?.();
  return new AwsError('ConnectionDropped', 'The connection is gone (fault injection).');
}

type Entry = { readonly Id: string; readonly ReceiptHandle?: string };

/** Carries out some of the entries, and answers `InternalError` for the others, with HTTP 200. */
async function partial(
  input: JsonObject,
  context: CallContext,
  operation: Operation,
  injection: Injection,
  detail: string,
): Promise<JsonObject> {
  const entries: readonly Entry[] = Array.isArray(input['Entries']) ? (input['Entries'] as Entry[]) : [];
  if (entries.length === 0) return operation.run(input, context);
  const random = injection.random('sqs-partial-failure');
  const drawn = entries.filter(() => random() < 0.5);
  const refused = drawn.length > 0 ? drawn : entries.slice(0, 1);
  const rest = entries.filter((entry) => !refused.includes(entry));
  const answer = rest.length === 0 ? {} : await operation.run({ ...input, Entries: rest }, context);
  injection.took('sqs-partial-failure', `${refused.length} of ${entries.length} entries, ${detail}`);
  const failures = refused.map(({ Id }) => ({
    Id,
    SenderFault: false,
    Code: 'InternalError',
    Message: 'This entry failed (fault injection).',
  }));
  return { ...answer, Failed: [...((answer['Failed'] as readonly object[] | undefined) ?? []), ...failures] };
}

/** Makes the messages visible before the change comes, so that pollers may take them. */
async function duringVisibilityChange(
  input: JsonObject,
  context: CallContext,
  operation: Operation,
  { injection, queues }: Surroundings,
): Promise<JsonObject> {
  const queueName = String(input['QueueUrl']).split('/').at(-1);
  const queue = queues().find(({ name }) => name === queueName);
  for (const { ReceiptHandle = '' } of (input['Entries'] as readonly Entry[] | undefined) ?? []) {
    try {
      queue?.changeVisibility(ReceiptHandle, 0);
    } catch {
      // Deleted or received again already.
    }
  }
  // Waiting pollers receive in these turns.
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  const answer = await operation.run(input, context);
  const late = (answer['Failed'] as readonly object[] | undefined)?.length ?? 0;
  if (late > 0) injection.took('during-visibility-change', `${late} messages of ${queueName}`);
  return answer;
}
