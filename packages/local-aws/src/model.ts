/**
 * What the runtime runs: plain data, read from a cloud assembly with every intrinsic function resolved. The contract
 * between `assembly/`, which writes it, and the services, which run it. Durations carry their unit in the name.
 */
export interface LocalModel {
  readonly region: string;
  readonly accountId: string;
  readonly stacks: readonly StackModel[];
  readonly queues: readonly QueueModel[];
  readonly functions: readonly FunctionModel[];
  readonly mappings: readonly MappingModel[];
  readonly roles: readonly RoleModel[];
  readonly logGroups: readonly LogGroupModel[];
  readonly keys: readonly KeyModel[];
  readonly tables: readonly TableModel[];
  /** Resources with no local meaning, listed once for the person at the terminal. */
  readonly skipped: readonly SkippedResource[];
}

/** A stack of the assembly, as CloudFormation's API tells it. */
export interface StackModel {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  readonly outputs: readonly StackOutput[];
  readonly resources: readonly StackResource[];
}

/** A value of the template's `Outputs`; `exportName` is that of its `Export`. */
export interface StackOutput {
  readonly key: string;
  readonly value: string;
  readonly description?: string;
  readonly exportName?: string;
}

/** A resource of the template. `physicalId` is what `Ref` answers: a queue's URL, a function's name. */
export interface StackResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
}

interface Declared {
  readonly stack: string;
  readonly logicalId: string;
}

/** After so many receives without a delete, a message goes to the other queue instead of out again. */
export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  /** 1 to 1,000. */
  readonly maxReceiveCount: number;
}

/**
 * `AWS::SQS::Queue`. What the template leaves out has the default of CloudFormation's reference: 30 s of visibility, 4
 * days of retention, no delay, no long polling, 1 MiB.
 */
export interface QueueModel extends Declared {
  readonly name: string;
  readonly arn: string;
  readonly fifo: boolean;
  readonly contentBasedDeduplication: boolean;
  readonly deduplicationScope: 'queue' | 'messageGroup';
  readonly fifoThroughputLimit: 'perQueue' | 'perMessageGroupId';
  readonly visibilityTimeoutSeconds: number;
  readonly messageRetentionSeconds: number;
  readonly delaySeconds: number;
  readonly receiveWaitSeconds: number;
  readonly maximumMessageSizeBytes: number;
  readonly redrivePolicy?: RedrivePolicy;
  readonly redriveAllowPolicy?: Readonly<Record<string, unknown>>;
  /** `AWS::SQS::QueuePolicy` of this queue. */
  readonly policies: readonly PolicyDocument[];
  readonly sqsManagedSseEnabled: boolean;
  readonly kmsMasterKeyId?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** `AWS::Lambda::Function` with a Node.js runtime. `environment` is the template's: without what Lambda itself sets. */
export interface FunctionModel extends Declared {
  readonly name: string;
  readonly arn: string;
  readonly runtime: string;
  /** `index.handler`: module path in the code folder, then export. */
  readonly handler: string;
  /** Absolute path of the folder with the function's code. */
  readonly codeDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly architecture: 'x86_64' | 'arm64';
  readonly description: string;
  readonly logFormat: 'Text' | 'JSON';
  readonly applicationLogLevel: LogLevel;
  readonly systemLogLevel: LogLevel;
  readonly logGroupName: string;
  readonly reservedConcurrency?: number;
  readonly activeTracing: boolean;
  /** Of asynchronous invocations, where the template says other than Lambda's defaults. */
  readonly asyncRetry?: AsyncRetrySettings;
  readonly roleArn: string;
}

/** `AWS::Lambda::EventInvokeConfig`. */
export interface AsyncRetrySettings {
  /** After a function error: 0 to 2, 2 by default. */
  readonly maximumRetryAttempts?: number;
  /** No attempt is made on an event that is older: 60 to 21,600, which is the default. */
  readonly maximumEventAgeSeconds?: number;
}

export type LogLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';

/** `AWS::Lambda::EventSourceMapping` from a queue to a function. */
export interface MappingModel extends Declared {
  readonly uuid: string;
  readonly functionName: string;
  readonly queueArn: string;
  readonly enabled: boolean;
  /** 1 to 10,000 (FIFO: 10). */
  readonly batchSize: number;
  /** 0 to 300. */
  readonly windowSeconds: number;
  /** 2 to 1,000; undefined when the mapping sets none. */
  readonly maximumConcurrency?: number;
  readonly reportBatchItemFailures: boolean;
  /** JSON text of each filter pattern; a record that matches none is deleted unprocessed. Empty: no filter. */
  readonly filterPatterns: readonly string[];
}

/** A policy as written, its intrinsic functions resolved; a single statement is a list of one. */
export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: readonly PolicyStatement[];
}

/** Elements of a statement (IAM User Guide, "JSON policy elements"), not yet checked: iam/ refuses what it cannot. */
export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** `AWS::IAM::Role`, with all that is allowed or denied to it. */
export interface RoleModel extends Declared {
  readonly name: string;
  readonly arn: string;
  /** Inline policies and `AWS::IAM::Policy`/`ManagedPolicy` resources attached to the role. */
  readonly policies: readonly PolicyDocument[];
  /** AWS-managed policies by ARN. */
  readonly managedPolicyArns: readonly string[];
}

/** `AWS::Logs::LogGroup`. `retentionDays` is told to who asks; no event expires here. */
export interface LogGroupModel extends Declared {
  readonly name: string;
  readonly arn: string;
  readonly retentionDays?: number;
}

/** A key of KMS. */
export interface KeyModel extends Declared {
  readonly id: string;
  readonly arn: string;
  readonly policies: readonly PolicyDocument[];
}

/** `AWS::DynamoDB::Table`, or the one replica of an `AWS::DynamoDB::GlobalTable`. */
export interface TableModel extends Declared {
  readonly name: string;
  readonly arn: string;
  /** ARN or id of the key that encrypts the table on AWS; undefined: one of DynamoDB's own. */
  readonly kmsMasterKeyId?: string;
  readonly billingMode: 'PROVISIONED' | 'PAY_PER_REQUEST';
  /** Of a provisioned table, as DescribeTable shows it: nothing is throttled. */
  readonly throughput?: TableThroughput;
  /** Types of the attributes that are keys, of the table or of an index. */
  readonly attributeTypes: Readonly<Record<string, 'S' | 'N' | 'B'>>;
  readonly keySchema: readonly TableKey[];
  readonly globalIndexes: readonly TableIndex[];
  readonly localIndexes: readonly TableIndex[];
}

/** One attribute of a key. Its type stands in `TableModel.attributeTypes`. */
export interface TableKey {
  readonly attributeName: string;
  /** `HASH`: partition key, `RANGE`: sort key. */
  readonly keyType: 'HASH' | 'RANGE';
}

/** A secondary index, global or local. */
export interface TableIndex {
  readonly name: string;
  readonly keySchema: readonly TableKey[];
  readonly projectionType: 'ALL' | 'INCLUDE' | 'KEYS_ONLY';
  /** With `INCLUDE`: what the index holds beside the keys. */
  readonly nonKeyAttributes: readonly string[];
  readonly throughput?: TableThroughput;
}

/** Provisioned capacity, in units a second (DynamoDB Developer Guide, "Provisioned capacity mode"). */
export interface TableThroughput {
  readonly readCapacityUnits: number;
  readonly writeCapacityUnits: number;
}

/** A resource that does not run here, and why. */
export interface SkippedResource extends Declared {
  readonly type: string;
  readonly reason: string;
}
