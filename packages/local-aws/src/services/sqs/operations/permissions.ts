import type { Operation } from '../../../endpoint/api.ts';
import type { PolicyStatement } from '../../iam/model.ts';
import { queueOperation, requiredString, type SqsContext, stringList, strings } from '../operation-input.ts';
import { invalidParameterValue, invalidValue, missingParameter, overLimit } from '../sqs-errors.ts';

/** Source: API reference of AddPermission. */
const actionsLimit = 7;
const statementsLimit = 20;

const shareable = new Set([
  '*',
  'ChangeMessageVisibility',
  'DeleteMessage',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListDeadLetterSourceQueues',
  'PurgeQueue',
  'ReceiveMessage',
  'SendMessage',
]);

const addPermissionInput = {
  Label: 'string',
  AWSAccountIds: stringList('AWSAccountId'),
  Actions: stringList('ActionName'),
} as const;

/** Adds a statement to the queue's policy, in the form AWS gives it (recorded, test_sqs_permission_lifecycle). */
export const addPermission = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'AddPermission', { input: addPermissionInput }, (queue, given) => {
    const label = requiredString(given, 'Label');
    const accounts = strings(given, 'AWSAccountIds');
    const actions = strings(given, 'Actions');
    check(label, accounts, actions);
    const policy = queue.settings.policy ?? {
      Version: '2008-10-17',
      Id: `${queue.arn}/SQSDefaultPolicy`,
      Statement: [],
    };
    if (policy.Statement.some(({ Sid: sid }) => sid === label)) throw invalidValue(label, 'Label', 'Already exists.');
    if (policy.Statement.length >= statementsLimit) {
      throw overLimit(`${statementsLimit + 1} statements were found, maximum allowed is ${statementsLimit}.`);
    }
    const statement: PolicyStatement = {
      Sid: label,
      Effect: 'Allow',
      Principal: { AWS: oneOrMany(accounts.map((account) => `arn:aws:iam::${account}:root`)) },
      Action: oneOrMany(actions.map((action) => `SQS:${action}`)),
      Resource: queue.arn,
    };
    queue.configure({ ...queue.settings, policy: { ...policy, Statement: [...policy.Statement, statement] } });
    return {};
  });

function check(label: string, accounts: readonly string[], actions: readonly string[]): void {
  if (!/^[A-Za-z0-9_-]{1,80}$/.test(label)) {
    throw invalidParameterValue('Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length');
  }
  if (accounts.length === 0) throw missingParameter('PrincipalId');
  if (actions.length === 0) throw missingParameter('Actions');
  if (actions.length > actionsLimit) {
    throw overLimit(`${actions.length} Actions were found, maximum allowed is ${actionsLimit}.`);
  }
  const wrongAccount = accounts.find((account) => !/^\d{12}$/.test(account));
  if (wrongAccount !== undefined) throw invalidValue(`[${wrongAccount}]`, 'PrincipalId', 'Unable to verify.');
  const wrongAction = actions.find((action) => !shareable.has(action));
  if (wrongAction !== undefined) {
    const reason = 'Please refer to the appropriate WSDL for a list of valid actions. ';
    throw invalidValue(`SQS:${wrongAction}`, 'ActionName', reason);
  }
}

function oneOrMany(values: readonly string[]): string | readonly string[] {
  const [first] = values;
  return values.length === 1 && first !== undefined ? first : values;
}

/** Removes a statement from the queue's policy, and the policy with its last statement. */
export const removePermission = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'RemovePermission', { input: { Label: 'string' } }, (queue, input) => {
    const label = requiredString(input, 'Label');
    const { policy, ...others } = queue.settings;
    const kept = policy?.Statement.filter(({ Sid: sid }) => sid !== label) ?? [];
    if (policy === undefined || kept.length === policy.Statement.length) {
      throw invalidValue(label, 'Label', "can't find label.");
    }
    queue.configure(kept.length === 0 ? others : { ...others, policy: { ...policy, Statement: kept } });
    return {};
  });
