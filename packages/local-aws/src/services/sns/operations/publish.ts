import type { CallContext, JsonObject, Operation, Permission } from '../../../endpoint/api.ts';
import { passesPolicy } from '../filter-policy.ts';
import { notificationFor } from '../notification.ts';
import { messageAttributeMap, type SnsContext, textOf, topicOperation } from '../operation-input.ts';
import { type Publication, publishedBytes, type PublishedInput, readPublication } from '../publication.ts';
import {
  batchTooLong,
  emptyBatch,
  entryIdsNotDistinct,
  invalidEntryId,
  invalidParameter,
  notServed,
  tooManyEntries,
} from '../sns-errors.ts';
import type { Subscription, Topic } from '../topic.ts';

const messageMembers = {
  Message: 'string',
  Subject: 'string',
  MessageStructure: 'string',
  MessageAttributes: messageAttributeMap,
  MessageDeduplicationId: 'string',
  MessageGroupId: 'string',
} as const;

/** `TargetArn` is a topic as well, or an endpoint of a mobile device, of which there are none here. */
export const publish = (sns: SnsContext): Operation => ({
  input: { members: { TopicArn: 'string', TargetArn: 'string', PhoneNumber: 'string', ...messageMembers } },
  output: { members: {} },
  permissions: (input): readonly Permission[] => [{ action: 'sns:Publish', resource: targetOf(input) }],
  run(input, context) {
    if (input['PhoneNumber'] !== undefined) throw notServed('text messages', 'Publish to a topic instead.');
    const arn = targetOf(input);
    if (input['TopicArn'] === undefined && arn === '') {
      throw invalidParameter('TopicArn or TargetArn Reason: no value for required parameter');
    }
    if (input['TopicArn'] === undefined && arn.includes(':endpoint/')) {
      throw invalidParameter('TargetArn Reason: No endpoint found for the target arn specified');
    }
    const topic = sns.topics.require(arn);
    const [accepted] = take(sns, topic, [readPublication(input, topic)], context);
    return { ...accepted };
  },
});

function targetOf(input: JsonObject): string {
  return input['TopicArn'] === undefined ? textOf(input, 'TargetArn') : textOf(input, 'TopicArn');
}

const entriesLimit = 10;

const batchShapes = {
  input: { PublishBatchRequestEntries: { list: { members: { Id: 'string', ...messageMembers } } } },
  output: {},
} as const;

interface Entry extends PublishedInput {
  readonly Id?: string;
}

/**
 * A message that does not hold the rules fails the whole batch (recorded by LocalStack,
 * test_empty_or_wrong_message_attributes, whose batches have a valid message too; those of test_publish_batch_exceptions
 * about groups and structure have one message). So nothing comes back in `Failed`.
 */
export const publishBatch = (sns: SnsContext): Operation =>
  topicOperation(sns, 'Publish', batchShapes, (topic, input, context) => {
    const entries = (input['PublishBatchRequestEntries'] ?? []) as readonly Entry[];
    checkEntries(entries, topic);
    const publications = entries.map((entry, index) =>
      readPublication(entry, topic, `publishBatchRequestEntries.${index + 1}.member.`),
    );
    const accepted = take(sns, topic, publications, context);
    return { Successful: accepted.map((one, index) => ({ Id: entries[index]?.Id, ...one })), Failed: [] };
  });

function checkEntries(entries: readonly Entry[], topic: Topic): void {
  if (entries.length === 0) throw emptyBatch();
  if (entries.length > entriesLimit) throw tooManyEntries();
  const ids = entries.map(({ Id = '' }) => Id);
  if (new Set(ids).size < ids.length) throw entryIdsNotDistinct();
  for (const id of ids) if (!/^[\w-]{1,80}$/.test(id)) throw invalidEntryId(id);
  const bytes = entries.reduce((sum, entry) => sum + publishedBytes(entry), 0);
  if (bytes > topic.settings.maximumMessageSizeBytes) throw batchTooLong();
}

/** Takes checked messages in their order, and sends each on its way to those who want it. */
function take(
  sns: SnsContext,
  topic: Topic,
  publications: readonly Publication[],
  { traceHeader }: CallContext,
): Record<string, string>[] {
  const publishedAtMs = sns.clock.now();
  const taken = publications.map((publication) => {
    const { isDuplicate, ...accepted } = topic.accept(publication, publishedAtMs);
    const wanted = isDuplicate ? { subscriptions: [], filtered: 0 } : whoWants(publication, topic);
    return { publication, accepted, isDuplicate, ...wanted };
  });
  sns.tellPublished(
    topic,
    taken.map(({ publication, accepted: { messageId }, isDuplicate, subscriptions, filtered }) => ({
      messageId,
      body: publication.textFor('sqs'),
      deliveries: subscriptions.length,
      filtered,
      isDuplicate,
    })),
  );
  for (const { publication, accepted, subscriptions } of taken) {
    for (const subscription of subscriptions) {
      const about = { ...accepted, publishedAtMs, traceHeader };
      sns.deliver(subscription, notificationFor(subscription, topic, publication, about));
    }
  }
  return taken.map(({ accepted: { messageId, sequenceNumber } }) => ({
    MessageId: messageId,
    ...(sequenceNumber !== undefined && { SequenceNumber: sequenceNumber }),
  }));
}

/** The confirmed subscriptions whose filter policies let the message through, and how many do not. */
function whoWants(
  { attributes, textFor }: Publication,
  topic: Topic,
): { readonly subscriptions: readonly Subscription[]; readonly filtered: number } {
  const confirmed = topic.subscriptions.filter(({ token }) => token === undefined);
  const subscriptions = confirmed.filter(({ protocol, settings: { filterPolicy, filterPolicyScope } }) => {
    const seen = { text: textFor(protocol), attributes };
    return filterPolicy === undefined || passesPolicy(filterPolicy, filterPolicyScope, seen);
  });
  return { subscriptions, filtered: confirmed.length - subscriptions.length };
}
