import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';

/** Prints photos. One without a number is reported alone: it comes back, and goes to failed-photos in the end. */
export async function handler({ Records: records }: SQSEvent): Promise<SQSBatchResponse> {
  const failed = records.filter(({ body }) => !/^photo \d+$/.test(body));
  for (const { messageId } of failed) console.error({ message: 'No photo', messageId });
  console.log({ message: 'Printed', photos: records.length - failed.length });
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
