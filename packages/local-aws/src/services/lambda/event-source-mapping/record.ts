import type { MessageAttribute, SourceMessage } from './source-queue.ts';

/** How a mapping stamps every record of its queue. */
export interface RecordSource {
  readonly queueArn: string;
  readonly region: string;
  readonly windowSeconds: number;
}

/**
 * One element of `event.Records`, as JSON text, its keys in the order in which AWS sends them. Without message
 * attributes `md5OfMessageAttributes` is absent when the mapping has no window and `null` when it has one: that is how
 * every recording of AWS shows it; the Developer Guide does not say.
 */
export function recordJson(message: SourceMessage, source: RecordSource): string {
  const attributeMd5 = message.md5OfMessageAttributes ?? (source.windowSeconds > 0 ? null : undefined);
  return JSON.stringify({
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: message.attributes,
    messageAttributes: mapValues(message.messageAttributes ?? {}, recordAttribute),
    ...(attributeMd5 === undefined ? {} : { md5OfMessageAttributes: attributeMd5 }),
    md5OfBody: message.md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: source.queueArn,
    awsRegion: source.region,
  });
}

/** The invocation's payload from its records' JSON texts. */
export function eventJson(records: readonly string[]): string {
  return `{"Records":[${records.join(',')}]}`;
}

function recordAttribute({ DataType, StringValue, BinaryValue }: MessageAttribute): object {
  return {
    ...(StringValue === undefined ? {} : { stringValue: StringValue }),
    ...(BinaryValue === undefined ? {} : { binaryValue: BinaryValue }),
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType,
  };
}

function mapValues<In, Out>(object: Readonly<Record<string, In>>, change: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
