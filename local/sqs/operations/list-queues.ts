import type { Operation } from '../../endpoint/service.ts';
import { optionalString, permissionOn, stringList } from '../operation-input.ts';
import { page, pageInput } from '../paging.ts';
import type { SqsContext } from '../sqs-context.ts';

export const listQueues = (sqs: SqsContext): Operation => ({
  input: { members: { QueueNamePrefix: 'string', ...pageInput } },
  output: { members: { QueueUrls: stringList('QueueUrl') } },
  permissions: () => [permissionOn(sqs, 'ListQueues', '')],
  run: (input) => {
    const prefix = optionalString(input, 'QueueNamePrefix') ?? '';
    const names = sqs.queues.all().map(({ name }) => name);
    const { items, next } = page(
      names.filter((name) => name.startsWith(prefix)),
      input,
    );
    return { ...(items.length > 0 && { QueueUrls: items.map(sqs.queueUrl) }), ...next };
  },
});
