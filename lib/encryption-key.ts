import { Annotations, Aws, Duration, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { outermost } from './names.ts';
import { removalPolicy } from './removal-policy.ts';

export interface EncryptionKeyProps {
  /** Whether `cdk destroy` leaves the key. Data that is left cannot be read without its key. Default: no. */
  readonly retainData?: boolean;
}

/**
 * A key of the account for queues, table and logs, rotated every year. The account's IAM policies decide who uses the
 * key, but only through SQS and DynamoDB: nobody can decrypt with the key directly.
 */
export class EncryptionKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string, { retainData = false }: EncryptionKeyProps) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    const account = new AccountRootPrincipal();
    const statements = [
      { sid: 'Administration', principals: [account], actions: administration },
      // SQS Developer Guide, "Configuring AWS KMS permissions".
      {
        sid: 'Queues',
        principals: [account],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        conditions: through('sqs'),
      },
      // Whoever creates a table needs all of these; whoever reads or writes it needs kms:Decrypt alone (DynamoDB
      // Developer Guide, "DynamoDB encryption at rest usage notes").
      {
        sid: 'Table',
        principals: [account],
        actions: [
          'kms:CreateGrant',
          'kms:Decrypt',
          'kms:DescribeKey',
          'kms:Encrypt',
          'kms:GenerateDataKey*',
          'kms:ReEncrypt*',
        ],
        conditions: through('dynamodb'),
      },
    ];
    this.key = new Key(this, 'Key', {
      description: `Encrypts the data of ${stackName}`,
      enableKeyRotation: true,
      // Days in which the deletion can be cancelled: without the key, what it encrypts is lost.
      pendingWindow: Duration.days(retainData ? 30 : 7),
      removalPolicy: removalPolicy(retainData),
      policy: new PolicyDocument({
        // In a key's policy the resource is the key itself.
        statements: statements.map((statement) => new PolicyStatement({ ...statement, resources: ['*'] })),
      }),
    });
  }
}

/** Actions that administer a key. None of them uses it: no Encrypt, Decrypt, GenerateDataKey or CreateGrant. */
const administration = [
  'kms:CancelKeyDeletion',
  'kms:CreateAlias',
  'kms:DeleteAlias',
  'kms:Describe*',
  'kms:DisableKey',
  'kms:DisableKeyRotation',
  'kms:EnableKey',
  'kms:EnableKeyRotation',
  'kms:Get*',
  'kms:List*',
  // An administrator who was shut out by a policy can put another.
  'kms:PutKeyPolicy',
  'kms:RevokeGrant',
  'kms:RotateKeyOnDemand',
  'kms:ScheduleKeyDeletion',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateAlias',
  'kms:UpdateKeyDescription',
];

function through(service: string) {
  return {
    StringEquals: {
      'kms:CallerAccount': Aws.ACCOUNT_ID,
      'kms:ViaService': `${service}.${Aws.REGION}.amazonaws.com`,
    },
  };
}

/** For a function that sends to encrypted queues. SQS also decrypts each new data key, to check it. */
export function mayEncrypt(key: IKey): PolicyStatement {
  return new PolicyStatement({ actions: ['kms:GenerateDataKey', 'kms:Decrypt'], resources: [key.keyArn] });
}

/**
 * Lets CloudWatch Logs encrypt log groups of the stack that `scope` is in with `key`: only log groups whose names begin
 * with the stack's, as generated names do (CloudWatch Logs User Guide, "Encrypt log data using AWS KMS"). The policy of
 * an imported key is not the app's, so there is a warning.
 *
 * @param name what the warning calls the function of the logs
 */
export function letLogsUse(key: IKey, scope: Construct, name: string): void {
  const stack = outermost(Stack.of(scope));
  const logGroups = stack.formatArn({ service: 'logs', resource: `log-group:${stack.stackName}-*` });
  const service = `logs.${Aws.REGION}.amazonaws.com`;
  const { statementAdded } = key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'Logs',
      principals: [new ServicePrincipal(service)],
      actions: ['kms:Decrypt*', 'kms:Describe*', 'kms:Encrypt*', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      resources: ['*'],
      conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups } },
    }),
  );
  if (statementAdded) return;
  Annotations.of(scope).addWarningV2(
    'encryption-key:imported',
    `The key of ${name}'s logs was imported: its policy must let logs.REGION.amazonaws.com use it for log-group:${stack.stackName}-*. Without it the deployment fails.`,
  );
}
