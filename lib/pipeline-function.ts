import { Duration, Validations } from 'aws-cdk-lib';
import { type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type Code, Function, LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { bundledHandler } from './bundle-function.ts';
import { letLogsUse } from './encryption-key.ts';
import { removalPolicy } from './removal-policy.ts';
import type { FunctionSettings } from './configuration/settings.ts';

/** What the functions of a stack usually have in common. */
export interface CommonFunctionProps {
  /** How long log events are kept. Default: a month. */
  readonly logRetention?: RetentionDays;
  /** Whether `cdk destroy` leaves the logs in the account, until their retention ends. Default: no. */
  readonly retainData?: boolean;
  /** Key of the account for the logs. Its policy lets CloudWatch use it then. Default: a key of CloudWatch. */
  readonly encryptionKey?: IKey;
  /** Whether Lambda sends X-Ray traces of invocations. Default: no. */
  readonly tracing?: boolean;
}

export interface PipelineFunctionProps extends CommonFunctionProps {
  /** What role, alarms and graphs call the function, in kebab case. */
  readonly name: string;
  readonly description: string;
  /** `bundledCode('path/to/handler.ts')`, or any other `Code` of the CDK. */
  readonly code: Code;
  /** File and export. Default: `index.handler`, which is what `bundledCode` makes. */
  readonly handler?: string;
  /** Must run on arm64. Default: Node.js 24. */
  readonly runtime?: Runtime;
  readonly settings: FunctionSettings;
  readonly environment?: Readonly<Record<string, string>>;
  /** All that the function may do, beside writing to its own log group and traces. Default: nothing. */
  readonly permissions?: readonly PolicyStatement[];
  /** Keys of the account for what the function reads: queues, tables. */
  readonly decrypts?: readonly (IKey | undefined)[];
}

/** A function with a role and a log group of its own. */
export class PipelineFunction extends Construct {
  readonly name: string;
  readonly settings: FunctionSettings;
  readonly function: Function;
  readonly logGroup: LogGroup;
  readonly role: IRole;

  constructor(scope: Construct, id: string, props: PipelineFunctionProps) {
    super(scope, id);
    const { settings, runtime = Runtime.NODEJS_24_X, tracing = false } = props;

    this.name = props.name;
    this.settings = settings;
    // CloudFormation generates the names: a stack can stand beside another, and resources can be replaced.
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy: removalPolicy(props.retainData ?? false),
      ...(props.encryptionKey !== undefined && { encryptionKey: props.encryptionKey }),
    });
    if (props.encryptionKey !== undefined) letLogsUse(props.encryptionKey, this, props.name);
    const role = new Role(this, 'Role', {
      description: `What ${props.name} may do`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    // Instead of AWSLambdaBasicExecutionRole, which may write to every log group of the account.
    this.logGroup.grantWrite(role);
    for (const statement of props.permissions ?? []) role.addToPolicy(statement);
    for (const key of new Set(props.decrypts)) key?.grantDecrypt(role);
    if (tracing) role.addToPolicy(sendTraces);

    // The role takes no grants from other constructs: all permissions stand above.
    this.role = role.withoutPolicyUpdates();

    this.function = new Function(this, 'Function', {
      description: props.description,
      code: props.code,
      handler: props.handler ?? bundledHandler,
      runtime,
      architecture: Architecture.ARM_64,
      memorySize: settings.memoryMb,
      timeout: Duration.seconds(settings.timeoutSeconds),
      ...(props.environment !== undefined && { environment: props.environment }),
      role: this.role,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      ...(tracing && { tracing: Tracing.ACTIVE }),
      ...(settings.reservedConcurrency !== undefined && {
        reservedConcurrentExecutions: settings.reservedConcurrency,
      }),
    });
    if (tracing) {
      Validations.of(role).acknowledge({
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'Sending traces is a permission for which X-Ray has no resources to name.',
      });
    } else {
      Validations.of(this.function).acknowledge({
        id: 'Serverless-LambdaTracing',
        reason: 'Traces are paid for one by one: tracing is an option, off unless somebody looks at them.',
      });
    }
  }
}

/** What active tracing needs. X-Ray has no resources to name (Service Authorization Reference, "AWS X-Ray"). */
const sendTraces = new PolicyStatement({
  actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  resources: ['*'],
});
