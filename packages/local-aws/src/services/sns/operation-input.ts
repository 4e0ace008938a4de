import type { Clock } from '../../clock.ts';
import type { JsonObject, Operation, Shape, StructureShape } from '../../endpoint/api.ts';
import { invalidParameter } from './sns-errors.ts';
import type { TopicRegistry } from './topic-registry.ts';
import type { Notification } from './notification.ts';
import type { Subscription, Topic } from './topic.ts';

/** What SNS's operations work on. */
export interface SnsContext {
  readonly topics: TopicRegistry;
  readonly clock: Clock;
  readonly accountId: string;
  /** Sends a message on its way. */
  readonly deliver: (subscription: Subscription, notification: Notification) => void;
  /** Tells how many subscriptions of a topic get the messages, and how many filter policies did not let through. */
  readonly tellPublished: (topic: Topic, messages: readonly PublishedMessage[]) => void;
  /** Asks a new subscriber to confirm. */
  readonly askForConfirmation: (subscription: Subscription, token: string) => void;
}

export interface PublishedMessage {
  readonly messageId: string;
  readonly body: string;
  readonly deliveries: number;
  readonly filtered: number;
  readonly isDuplicate: boolean;
}

/** Texts by name: `Attributes.entry.1.key` and `.value`. */
export const attributeMap: Shape = { map: 'string', entry: ['key', 'value'] };

/** `MessageAttributes.entry.1.Name` and `.Value.DataType`; binary values as Base64. */
export const messageAttributeMap: Shape = {
  map: { members: { DataType: 'string', StringValue: 'string', BinaryValue: 'blob' } },
  entry: ['Name', 'Value'],
};

export const tagList: Shape = { list: { members: { Key: 'string', Value: 'string' } } };

/** An operation on the topic that `TopicArn` names, which needs `action` on it. Throws as `TopicRegistry.require`. */
export function topicOperation(
  sns: SnsContext,
  action: string,
  shapes: { input: StructureShape['members']; output?: StructureShape['members'] },
  run: (topic: Topic, ...rest: Parameters<Operation['run']>) => ReturnType<Operation['run']>,
): Operation {
  return {
    input: { members: { TopicArn: 'string', ...shapes.input } },
    ...(shapes.output !== undefined && { output: { members: shapes.output } }),
    permissions: (input) => [{ action: `sns:${action}`, resource: textOf(input, 'TopicArn') }],
    run: (input, context) => run(sns.topics.require(textOf(input, 'TopicArn')), input, context),
  };
}

/** Empty where the parameter is absent, which SNS then finds to be no ARN, for example. */
export function textOf(input: JsonObject, name: string): string {
  const value = input[name];
  return typeof value === 'string' ? value : '';
}

/** Throws `InvalidParameter` when absent or empty. */
export function requiredText(input: JsonObject, name: string): string {
  const text = textOf(input, name);
  if (text === '') throw invalidParameter(`${name} Reason: no value for required parameter`);
  return text;
}

export function attributesOf(input: JsonObject): Readonly<Record<string, string>> {
  return (input['Attributes'] ?? {}) as Readonly<Record<string, string>>;
}

/** Of lists of topics, subscriptions and their kind (API reference of ListTopics). */
const pageSize = 100;

/** The page that a token asks for, and the token of the next one. */
export function page<Item>(
  items: readonly Item[],
  input: JsonObject,
): { items: readonly Item[]; next: { NextToken?: string } } {
  const token = textOf(input, 'NextToken');
  const text = token === '' ? '0' : Buffer.from(token, 'base64').toString();
  if (!/^\d{1,9}$/.test(text)) throw invalidParameter('NextToken');
  const start = Number(text);
  const end = start + pageSize;
  const next = end < items.length ? { NextToken: Buffer.from(String(end)).toString('base64') } : {};
  return { items: items.slice(start, end), next };
}
