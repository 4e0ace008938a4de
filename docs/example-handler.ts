import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';

/** Prints invoices. One without a number is reported alone: it comes back, and goes to failed-invoices in the end. */
export async function handler({ Records: records }: SQSEvent): Promise<SQSBatchResponse> {
  const failed = records.filter(({ body }) => !/^invoice \d+$/.test(body));
  for (const { messageId } of failed) console.error({ message: 'No invoice', messageId });
  console.log({ message: 'Printed', invoices: records.length - failed.length });
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
