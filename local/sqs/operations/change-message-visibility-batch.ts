import type { Operation } from '../../endpoint/service.ts';
import { batchEntries, runBatch } from '../batch.ts';
import { batchFailure, queueOperation } from '../operation-input.ts';
import type { SqsContext } from '../sqs-context.ts';
import { changeVisibility } from './change-message-visibility.ts';

const shapes = {
  input: {
    Entries: {
      list: { members: { Id: 'string', ReceiptHandle: 'string', VisibilityTimeout: 'integer' } },
      queryName: 'ChangeMessageVisibilityBatchRequestEntry',
    },
  },
  output: {
    Successful: { list: { members: { Id: 'string' } }, queryName: 'ChangeMessageVisibilityBatchResultEntry' },
    Failed: { list: batchFailure, queryName: 'BatchResultErrorEntry' },
  },
} as const;

export const changeMessageVisibilityBatch = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'ChangeMessageVisibility', shapes, (queue, input) =>
    runBatch(batchEntries(input, 'ChangeMessageVisibilityBatchRequestEntry'), (entry) => {
      changeVisibility(queue, entry);
      return {};
    }),
  );
