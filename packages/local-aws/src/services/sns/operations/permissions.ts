import type { Operation } from '../../../endpoint/api.ts';
import type { PolicyStatement } from '../../iam/model.ts';
import { type SnsContext, textOf, topicOperation } from '../operation-input.ts';
import { invalidParameter } from '../sns-errors.ts';
import { defaultPolicy } from '../topic-attributes.ts';

/** Actions that a topic's policy can allow (SNS Developer Guide, "Amazon SNS access control"). */
const actions: ReadonlySet<string> = new Set([
  'GetTopicAttributes',
  'SetTopicAttributes',
  'AddPermission',
  'RemovePermission',
  'DeleteTopic',
  'Subscribe',
  'ListSubscriptionsByTopic',
  'Publish',
  'Receive',
]);

const addPermissionInput = {
  Label: 'string',
  AWSAccountId: { list: 'string' },
  ActionName: { list: 'string' },
} as const;

/** Adds a statement to the topic's policy, in the form AWS gives it (recorded by LocalStack, test_topic_add_permission). */
export const addPermission = (sns: SnsContext): Operation =>
  topicOperation(sns, 'AddPermission', { input: addPermissionInput }, (topic, input) => {
    const label = textOf(input, 'Label');
    const accounts = (input['AWSAccountId'] ?? []) as readonly string[];
    const names = (input['ActionName'] ?? []) as readonly string[];
    const policy = topic.settings.policy ?? defaultPolicy(topic.arn);
    if (policy.Statement.some(({ Sid }) => Sid === label)) throw invalidParameter('Statement already exists');
    if (names.some((name) => !actions.has(name))) {
      throw invalidParameter('Policy statement action out of service scope!');
    }
    const statement: PolicyStatement = {
      Sid: label,
      Effect: 'Allow',
      Principal: { AWS: oneOrMany(accounts.map((account) => `arn:aws:iam::${account}:root`)) },
      Action: oneOrMany(names.map((name) => `SNS:${name}`)),
      Resource: topic.arn,
    };
    topic.settings = { ...topic.settings, policy: { ...policy, Statement: [...policy.Statement, statement] } };
    return {};
  });

function oneOrMany(values: readonly string[]): string | readonly string[] {
  const [first] = values;
  return values.length === 1 && first !== undefined ? first : values;
}

/** A label that is not there is no error: chosen here, no recording of one was found. */
export const removePermission = (sns: SnsContext): Operation =>
  topicOperation(sns, 'RemovePermission', { input: { Label: 'string' } }, (topic, input) => {
    const { policy } = topic.settings;
    if (policy === undefined) return {};
    const kept = policy.Statement.filter(({ Sid }) => Sid !== textOf(input, 'Label'));
    topic.settings = { ...topic.settings, policy: { ...policy, Statement: kept } };
    return {};
  });
