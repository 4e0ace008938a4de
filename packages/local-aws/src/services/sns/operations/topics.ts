import type { JsonObject, Operation } from '../../../endpoint/api.ts';
import {
  attributeMap,
  attributesOf,
  page,
  type SnsContext,
  tagList,
  textOf,
  topicOperation,
} from '../operation-input.ts';
import { checkArn, invalidParameter, notServed, resourceNotFound } from '../sns-errors.ts';
import { changeTopic, defaultTopicSettings, topicAttributes } from '../topic-attributes.ts';
import type { Topic } from '../topic.ts';

export const createTopic = (sns: SnsContext): Operation => ({
  input: { members: { Name: 'string', Attributes: attributeMap, Tags: tagList, DataProtectionPolicy: 'string' } },
  output: { members: {} },
  permissions(input) {
    const resource = sns.topics.arnOf(textOf(input, 'Name'));
    const tags = tagsOf(input).length > 0 ? [{ action: 'sns:TagResource', resource }] : [];
    return [{ action: 'sns:CreateTopic', resource }, ...tags];
  },
  run(input) {
    const name = textOf(input, 'Name');
    const { FifoTopic, ...attributes } = attributesOf(input);
    const fifo = FifoTopic?.toLowerCase() === 'true';
    checkTopicName(name, fifo);
    if (textOf(input, 'DataProtectionPolicy') !== '') throw protectionNotServed();
    const tags = Object.fromEntries(tagsOf(input));
    const existing = sns.topics.byArn(sns.topics.arnOf(name));
    if (existing !== undefined) {
      checkSame(existing, attributes, tags);
      return { TopicArn: existing.arn };
    }
    const settings = changeTopic(defaultTopicSettings, attributes, fifo);
    return { TopicArn: sns.topics.create(name, settings, tags).arn };
  },
});

/** API reference of CreateTopic; the message is recorded (LocalStack, test_create_topic_name_constraints). */
export function checkTopicName(name: string, fifo: boolean): void {
  const stem = fifo ? name.replace(/\.fifo$/, '') : name;
  if (name.length > 256 || !/^[\w-]+$/.test(stem) || name.endsWith('.fifo') !== fifo) {
    throw invalidParameter('Topic Name');
  }
}

/** CreateTopic of a topic that is there succeeds when nothing that it sets differs (recorded, test_create_topic_different_attrs). */
function checkSame(
  topic: Topic,
  attributes: Readonly<Record<string, string>>,
  tags: Readonly<Record<string, string>>,
): void {
  const present = topicAttributes(topic, topic.counts);
  if (Object.entries(attributes).some(([name, value]) => present[name] !== value)) {
    throw invalidParameter('Attributes Reason: Topic already exists with different attributes');
  }
  if (Object.entries(tags).some(([key, value]) => topic.tags[key] !== value)) {
    throw invalidParameter('Tags Reason: Topic already exists with different tags');
  }
}

/** A topic that is not there is deleted as well (recorded, test_delete_topic_idempotency). */
export const deleteTopic = (sns: SnsContext): Operation => ({
  input: { members: { TopicArn: 'string' } },
  permissions: (input) => [{ action: 'sns:DeleteTopic', resource: textOf(input, 'TopicArn') }],
  run(input) {
    const arn = textOf(input, 'TopicArn');
    checkArn(arn, 'TopicArn');
    const topic = sns.topics.byArn(arn);
    if (topic !== undefined) sns.topics.delete(topic);
    return {};
  },
});

export const listTopics = (sns: SnsContext): Operation => ({
  input: { members: { NextToken: 'string' } },
  output: { members: {} },
  permissions: () => [{ action: 'sns:ListTopics', resource: '*' }],
  run(input) {
    const { items, next } = page(sns.topics.all(), input);
    return { Topics: items.map(({ arn }) => ({ TopicArn: arn })), ...next };
  },
});

const attributesOutput = { output: { Attributes: attributeMap } };

export const getTopicAttributes = (sns: SnsContext): Operation =>
  topicOperation(sns, 'GetTopicAttributes', { input: {}, ...attributesOutput }, (topic) => ({
    Attributes: topicAttributes(topic, topic.counts),
  }));

const setAttributesInput = { AttributeName: 'string', AttributeValue: 'string' } as const;

export const setTopicAttributes = (sns: SnsContext): Operation =>
  topicOperation(sns, 'SetTopicAttributes', { input: setAttributesInput }, (topic, input) => {
    const change = { [textOf(input, 'AttributeName')]: textOf(input, 'AttributeValue') };
    topic.settings = changeTopic(topic.settings, change, topic.fifo);
    return {};
  });

const protectionNotServed = () =>
  notServed('data protection policies', 'Leave the policy out: AWS takes no new ones from new customers either.');

/** The tags of a topic; `ResourceNotFound` where there is none (API reference of TagResource). */
function tagOperation(
  sns: SnsContext,
  action: string,
  input: Operation['input'] & object,
  run: (topic: Topic, input: JsonObject) => JsonObject,
): Operation {
  return {
    input: { members: { ResourceArn: 'string', ...input.members } },
    output: { members: {} },
    permissions: (given) => [{ action: `sns:${action}`, resource: textOf(given, 'ResourceArn') }],
    run(given) {
      const topic = sns.topics.byArn(textOf(given, 'ResourceArn'));
      if (topic === undefined) throw resourceNotFound();
      return run(topic, given);
    },
  };
}

/** Keys twice are refused in AWS's words (recorded, test_tags). */
export const tagResource = (sns: SnsContext): Operation =>
  tagOperation(sns, 'TagResource', { members: { Tags: tagList } }, (topic, input) => {
    const tags = tagsOf(input);
    if (new Set(tags.map(([key]) => key)).size < tags.length) {
      throw invalidParameter('Duplicated keys are not allowed.');
    }
    topic.tags = { ...topic.tags, ...Object.fromEntries(tags) };
    return {};
  });

export const untagResource = (sns: SnsContext): Operation =>
  tagOperation(sns, 'UntagResource', { members: { TagKeys: { list: 'string' } } }, (topic, input) => {
    const keys = new Set((input['TagKeys'] ?? []) as readonly string[]);
    topic.tags = Object.fromEntries(Object.entries(topic.tags).filter(([key]) => !keys.has(key)));
    return {};
  });

export const listTagsForResource = (sns: SnsContext): Operation =>
  tagOperation(sns, 'ListTagsForResource', { members: {} }, ({ tags }) => ({
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  }));

function tagsOf(input: JsonObject): readonly (readonly [key: string, value: string])[] {
  const tags = (input['Tags'] ?? []) as readonly { readonly Key?: string; readonly Value?: string }[];
  return tags.map(({ Key = '', Value = '' }) => [Key, Value] as const);
}
