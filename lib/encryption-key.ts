import { Aws, Duration, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { removalPolicy } from './removal-policy.ts';

export interface EncryptionKeyProps {
  /** Whether `cdk destroy` leaves the key: what it encrypts cannot be read without it. Default: no. */
  readonly retainData?: boolean;
}

/** How to administer a key, without what would let one use it: no Encrypt, Decrypt, GenerateDataKey or CreateGrant. */
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
  // The way back, should this policy shut somebody out.
  'kms:PutKeyPolicy',
  'kms:RevokeGrant',
  'kms:RotateKeyOnDemand',
  'kms:ScheduleKeyDeletion',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateAlias',
  'kms:UpdateKeyDescription',
];

/**
 * A key of the account for queues, table and logs, rotated every year. Its policy leaves it to the account's IAM
 * policies who uses it, but only through SQS and DynamoDB: nobody decrypts with it directly.
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
      // What DynamoDB asks for in the name of who creates a table; who reads or writes it needs kms:Decrypt alone
      // (DynamoDB Developer Guide, "DynamoDB encryption at rest usage notes").
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
      // CloudWatch Logs User Guide, "Encrypt log data using AWS KMS"; only for log groups that this stack names.
      {
        sid: 'Logs',
        principals: [new ServicePrincipal(`logs.${Aws.REGION}.amazonaws.com`)],
        actions: ['kms:Decrypt*', 'kms:Describe*', 'kms:Encrypt*', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
        conditions: {
          ArnLike: {
            'kms:EncryptionContext:aws:logs:arn': Stack.of(this).formatArn({
              service: 'logs',
              resource: `log-group:${stackName}-*`,
            }),
          },
        },
      },
    ];
    this.key = new Key(this, 'Key', {
      description: `Encrypts the data of ${stackName}`,
      enableKeyRotation: true,
      // Time to change one's mind: what is encrypted with it is lost when it is gone.
      pendingWindow: Duration.days(retainData ? 30 : 7),
      removalPolicy: removalPolicy(retainData),
      policy: new PolicyDocument({
        // In a key's policy the resource is the key itself.
        statements: statements.map((statement) => new PolicyStatement({ ...statement, resources: ['*'] })),
      }),
    });
  }
}

function through(service: string) {
  return {
    StringEquals: {
      'kms:CallerAccount': Aws.ACCOUNT_ID,
      'kms:ViaService': `${service}.${Aws.REGION}.amazonaws.com`,
    },
  };
}

/** What receives from encrypted queues and reads or writes an encrypted table needs. */
export function mayDecrypt(key: IKey): PolicyStatement {
  return new PolicyStatement({ actions: ['kms:Decrypt'], resources: [key.keyArn] });
}

/** What sends to encrypted queues needs: SQS decrypts each new data key to see that it is sound. */
export function mayEncrypt(key: IKey): PolicyStatement {
  return new PolicyStatement({ actions: ['kms:GenerateDataKey', 'kms:Decrypt'], resources: [key.keyArn] });
}
