import { type Draft, refuseSameNames, ResourceList } from '../../assembly/draft.ts';
import { assemblyError, refusedByAws } from '../../assembly/error-codes.ts';
import type { Declared } from '../../assembly/model.ts';
import { generatedName, generatedUuid } from '../../assembly/physical-names.ts';
import type { ResourceType, ResourceTypes } from '../../assembly/resource-type.ts';
import { allowsService } from '../iam/evaluate.ts';
import { declaredKeys, type KeyModel } from '../kms/keys.ts';

/** CloudWatch Logs' part of the model. */
export interface LogsModel {
  readonly logGroups: readonly LogGroupModel[];
  readonly queryDefinitions: readonly QueryDefinitionModel[];
}

/** `AWS::Logs::QueryDefinition`: a saved query of Logs Insights. */
export interface QueryDefinitionModel extends Declared {
  readonly id: string;
  readonly name: string;
  readonly queryString: string;
  readonly logGroupNames: readonly string[];
}

const declaredQueryDefinitions = new ResourceList<QueryDefinitionModel>();

/** `AWS::Logs::LogGroup`. `retentionDays` is told to who asks; no event expires here. */
export interface LogGroupModel extends Declared {
  readonly name: string;
  readonly arn: string;
  readonly retentionDays?: number;
  /** Of the key that it is encrypted with on AWS. */
  readonly kmsKeyArn?: string;
}

const declaredLogGroups = new ResourceList<LogGroupModel>();

export function readLogsModel(draft: Draft): LogsModel {
  const logGroups = draft.all(declaredLogGroups);
  refuseSameNames('log groups', logGroups);
  for (const group of logGroups) checkKey(group, draft.all(declaredKeys));
  return { logGroups, queryDefinitions: draft.all(declaredQueryDefinitions) };
}

/** CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS Key Management Service". */
const neededOfKey = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:GenerateDataKey', 'kms:DescribeKey'];

/** Refuses a log group whose key, if it is one of the stacks', does not let CloudWatch Logs use it. */
function checkKey({ arn, kmsKeyArn, stack, logicalId }: LogGroupModel, keys: readonly KeyModel[]): void {
  const key = keys.find((candidate) => candidate.arn === kmsKeyArn);
  if (key === undefined) return;
  const groupArn = arn.replace(/:\*$/, '');
  const service = `logs.${arn.split(':')[3]}.amazonaws.com`;
  const context = { 'kms:encryptioncontext:aws:logs:arn': groupArn };
  const missing = neededOfKey.find(
    (action) => !allowsService(key.policies, service, { action, resource: key.arn, context }),
  );
  if (missing === undefined) return;
  throw refusedByAws(
    'AccessDeniedException',
    `The specified KMS key does not exist or is not allowed to be used with Arn '${groupArn}'`,
    `Let the policy of the key ${key.logicalId} (${key.arn}) allow ${missing} to the service ${service}.`,
    { stack, logicalId, property: '/Properties/KmsKeyId' },
  );
}

/** What CloudWatch Logs takes as retention (Logs API reference, PutRetentionPolicy). */
export const retentionDays: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** `AWS::Logs::LogGroup`. */
const logGroupType: ResourceType = {
  reads: ['KmsKeyId', 'LogGroupName', 'RetentionInDays'],
  ignores: {
    BearerTokenAuthenticationEnabled: 'Callers sign with access keys.',
    DataProtectionPolicy: 'Log lines are shown as they are written.',
    DeletionProtectionEnabled: 'Nothing outlives the runtime.',
    FieldIndexPolicies: 'Queries look at every event.',
    LogGroupClass: 'There is one class of log group.',
    ResourcePolicyDocument: 'No other service writes to the log group.',
    Tags: 'Nothing reads the tags of a log group.',
  },
  refuses: {},

  identify({ stack, logicalId, environment: { partition, region, accountId }, properties }) {
    const name = properties.text('LogGroupName') ?? generatedName(stack, logicalId, 512);
    return {
      physicalId: name,
      attributes: { Arn: `arn:${partition}:logs:${region}:${accountId}:log-group:${name}:*` },
    };
  },

  declare({ stack, logicalId, properties }, { physicalId: name, attributes }, draft) {
    const retention = properties.integer('RetentionInDays', 1, 3653);
    if (retention !== undefined && !retentionDays.includes(retention)) {
      throw properties.invalid('RetentionInDays', retention, `one of ${retentionDays.join(', ')}`);
    }
    const kmsKeyArn = properties.text('KmsKeyId');
    draft.add(declaredLogGroups, {
      stack,
      logicalId,
      name,
      arn: attributes['Arn'] ?? '',
      ...(retention === undefined ? {} : { retentionDays: retention }),
      ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }),
    });
  },
};

const notForwarded = 'Log events are not forwarded.';

/** `AWS::Logs::SubscriptionFilter`: refused where it would invoke a function with log events, skipped otherwise. */
const subscriptionFilterType: ResourceType = {
  reads: ['DestinationArn'],
  ignores: {
    ApplyOnTransformedLogs: notForwarded,
    Distribution: notForwarded,
    EmitSystemFields: notForwarded,
    FieldSelectionCriteria: notForwarded,
    FilterName: notForwarded,
    FilterPattern: notForwarded,
    LogGroupName: notForwarded,
    RoleArn: notForwarded,
  },
  refuses: {},
  without: 'Log events are not forwarded: what would get them waits for you.',

  identify({ stack, logicalId }) {
    return { physicalId: generatedName(stack, logicalId, 512), attributes: {} };
  },

  declare({ stack, logicalId, type, properties }, _identity, draft) {
    if (properties.requiredText('DestinationArn').split(':')[2] === 'lambda') {
      throw assemblyError(
        'RESOURCE_UNSUPPORTED',
        'The filter would invoke a function with log events, which are not forwarded here.',
        'Leave the filter out when the stack is synthesized for local use.',
        { stack, logicalId },
      );
    }
    draft.skip({ stack, logicalId, type, reason: notForwarded });
  },
};

/** `AWS::Logs::QueryDefinition`. The query is told as it is, and read when somebody starts it. */
const queryDefinitionType: ResourceType = {
  reads: ['LogGroupNames', 'Name', 'QueryString'],
  ignores: {
    Parameters: 'Whoever starts the query fills them in.',
    QueryLanguage: 'Whoever starts the query names its language.',
  },
  refuses: {},

  identify({ stack, logicalId }) {
    const id = generatedUuid(stack, logicalId);
    return { physicalId: id, attributes: { QueryDefinitionId: id } };
  },

  declare({ stack, logicalId, properties }, { physicalId: id }, draft) {
    draft.add(declaredQueryDefinitions, {
      stack,
      logicalId,
      id,
      name: properties.requiredText('Name'),
      queryString: properties.requiredText('QueryString'),
      logGroupNames: properties.texts('LogGroupNames'),
    });
  },
};

/** The resource types of CloudWatch Logs in templates. */
export const logsResourceTypes: ResourceTypes = {
  'AWS::Logs::LogGroup': logGroupType,
  'AWS::Logs::QueryDefinition': queryDefinitionType,
  'AWS::Logs::SubscriptionFilter': subscriptionFilterType,
};
