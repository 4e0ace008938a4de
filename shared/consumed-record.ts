/** What the consumers need of a record of an SQS event (a subset of `SQSRecord`, checked nowhere: Lambda made it). */
export interface ConsumedRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: {
    readonly ApproximateReceiveCount: string;
    readonly DeadLetterQueueSourceArn?: string | undefined;
  };
}

/** How often SQS has handed out the message, this time included: 1 at the first try. */
export function receiveCountOf(record: ConsumedRecord): number {
  return Number(record.attributes.ApproximateReceiveCount);
}
