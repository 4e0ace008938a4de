import type { MessageAttributes } from '../sqs/message.ts';
import type { Publication } from './publication.ts';
import type { Accepted, Subscription, Topic } from './topic.ts';

/** A message on its way to one subscription. */
export interface Notification extends Accepted {
  readonly topicArn: string;
  readonly topicName: string;
  /** Of the topic: the sender's name in mails. */
  readonly displayName: string;
  readonly subject?: string;
  /** What is meant for the subscription's protocol. */
  readonly text: string;
  readonly attributes: MessageAttributes;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  readonly publishedAtMs: number;
  readonly signatureVersion: string;
  readonly isFifo: boolean;
  readonly traceHeader?: string;
}

/** What a subscription is told of a message. */
export function notificationFor(
  { protocol }: Pick<Subscription, 'protocol'>,
  topic: Topic,
  publication: Publication,
  accepted: Accepted & { readonly publishedAtMs: number; readonly traceHeader?: string | undefined },
): Notification {
  const { messageId, sequenceNumber, publishedAtMs, traceHeader } = accepted;
  const { subject, attributes, sendsAttributes, groupId, deduplicationId } = publication;
  return {
    messageId,
    ...(sequenceNumber !== undefined && { sequenceNumber }),
    topicArn: topic.arn,
    topicName: topic.name,
    displayName: topic.settings.displayName,
    ...(subject !== undefined && { subject }),
    text: publication.textFor(protocol),
    attributes: sendsAttributes ? attributes : {},
    ...(groupId !== undefined && { groupId }),
    ...(deduplicationId !== undefined && { deduplicationId }),
    publishedAtMs,
    signatureVersion: topic.settings.signatureVersion ?? '1',
    isFifo: topic.fifo,
    ...(traceHeader !== undefined && { traceHeader }),
  };
}

/**
 * What stands in the place of AWS's signature, which nobody else can make. Its form is that of a signature: Base64. The
 * certificate has the form of AWS's address, and is not there.
 */
const signature = Buffer.from('Delivered by local-aws: nothing here is signed by AWS.').toString('base64');
const certificate = `SimpleNotificationService-${'0'.repeat(32)}.pem`;

function addresses({ topicArn }: Notification, subscriptionArn: string) {
  const host = `https://sns.${topicArn.split(':')[3]}.amazonaws.com`;
  return {
    certificate: `${host}/${certificate}`,
    unsubscribe: `${host}/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`,
  };
}

/**
 * The JSON text that queues and `email-json` get, its members in AWS's order (recorded by LocalStack, test_subscribe_sqs_queue
 * and TestSNSSubscriptionSQSFifo). FIFO topics sign nothing and number their messages.
 */
export function envelope(notification: Notification, subscriptionArn: string): string {
  const { messageId, sequenceNumber, topicArn, subject, text, publishedAtMs, signatureVersion, isFifo } = notification;
  const { certificate: SigningCertURL, unsubscribe } = addresses(notification, subscriptionArn);
  const attributes = attributeMembers(notification.attributes);
  const document = {
    Type: 'Notification',
    MessageId: messageId,
    ...(sequenceNumber !== undefined && { SequenceNumber: sequenceNumber }),
    TopicArn: topicArn,
    ...(subject !== undefined && { Subject: subject }),
    Message: text,
    Timestamp: new Date(publishedAtMs).toISOString(),
    ...(!isFifo && { SignatureVersion: signatureVersion, Signature: signature, SigningCertURL }),
    UnsubscribeURL: unsubscribe,
    ...(Object.keys(attributes).length > 0 && { MessageAttributes: attributes }),
  };
  return laidOut(document, '');
}

/** As SNS writes JSON: an attribute in one line, and a blank before the colons of all else. */
function laidOut(members: Readonly<Record<string, unknown>>, indent: string): string {
  const lines = Object.entries(members).map(([name, value]) => {
    const text =
      name === 'MessageAttributes' ? laidOut(value as object as Record<string, unknown>, '  ') : JSON.stringify(value);
    return `${indent}  ${JSON.stringify(name)} : ${text}`;
  });
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

/**
 * The event that a function gets (recorded by LocalStack, test_python_lambda_subscribe_sns_topic): another spelling of the
 * addresses, null for no subject, and the attributes always. Functions get version 1 of the signature, whatever the
 * topic has (recorded, test_publish_lambda_verify_signature).
 */
export function lambdaEvent(notification: Notification, subscriptionArn: string): string {
  const { messageId, topicArn, subject = null, text, publishedAtMs } = notification;
  const { certificate: SigningCertUrl, unsubscribe } = addresses(notification, subscriptionArn);
  const Sns = {
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: topicArn,
    Subject: subject,
    Message: text,
    Timestamp: new Date(publishedAtMs).toISOString(),
    SignatureVersion: '1',
    Signature: signature,
    SigningCertUrl,
    UnsubscribeUrl: unsubscribe,
    MessageAttributes: attributeMembers(notification.attributes),
  };
  const record = { EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: subscriptionArn, Sns };
  return JSON.stringify({ Records: [record] });
}

/** Binary values as Base64, which is how they are kept. */
function attributeMembers(attributes: MessageAttributes): Record<string, { Type: string; Value: string }> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      { Type: DataType, Value: StringValue ?? BinaryValue ?? '' },
    ]),
  );
}

/** A mail of SNS. */
export interface Mail {
  /** Name and address: `AWS Notifications <no-reply@sns.amazonaws.com>`. */
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** The address that SNS's mails come from (SNS Developer Guide, "Email subscription setup"). */
const senderAddress = 'no-reply@sns.amazonaws.com';

/** The mail that a subscriber gets: the message alone for `email`, its envelope for `email-json`. */
export function mailOf(notification: Notification, { arn, endpoint, protocol }: Subscription): Mail {
  const { displayName, subject, text } = notification;
  const { unsubscribe } = addresses(notification, arn);
  return {
    from: `${displayName === '' ? 'AWS Notifications' : displayName} <${senderAddress}>`,
    to: endpoint,
    subject: subject ?? 'AWS Notification Message',
    text:
      protocol === 'email-json' ? envelope(notification, arn) : `${text}\n\n--\nTo stop these mails: ${unsubscribe}\n`,
  };
}

/** The mail that asks a new subscriber to confirm. Its link would lead to AWS, so that it names the command instead. */
export function confirmationMail({ topicArn, endpoint }: Subscription, token: string): Mail {
  return {
    from: `AWS Notifications <${senderAddress}>`,
    to: endpoint,
    subject: 'AWS Notification - Subscription Confirmation',
    text:
      `You have chosen to subscribe to the topic:\n${topicArn}\n\n` +
      `To confirm this subscription:\naws sns confirm-subscription --topic-arn ${topicArn} --token ${token}\n`,
  };
}
