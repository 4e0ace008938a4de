import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EnvironmentName } from '../shared/environment.ts';
import { bundledCode, bundledHandler, type FunctionName } from './bundle-function.ts';
import type { FunctionSettings } from './configuration.ts';

export interface PipelineFunctionProps {
  /** Its folder in lambdas/. */
  readonly name: FunctionName;
  readonly description: string;
  readonly settings: FunctionSettings;
  readonly logRetention: RetentionDays;
  readonly environment: Partial<Readonly<Record<EnvironmentName, string>>>;
  /** All that the function may do, apart from writing to its own log group. */
  readonly permissions: readonly PolicyStatement[];
}

/** A function of this project, with a role and a log group of its own. */
export class PipelineFunction extends Construct {
  readonly function: NodejsFunction;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: PipelineFunctionProps) {
    super(scope, id);

    // Logs go when the stack goes: `cdk destroy` leaves nothing behind. Names are generated, so that a stack can stand
    // beside another and be replaced.
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      description: `What ${props.name} may do`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    // Instead of AWSLambdaBasicExecutionRole, which may write to every log group of the account.
    this.logGroup.grantWrite(role);
    for (const statement of props.permissions) role.addToPolicy(statement);

    this.function = new NodejsFunction(this, 'Function', {
      description: props.description,
      code: bundledCode(props.name),
      handler: bundledHandler,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.settings.memoryMb,
      timeout: Duration.seconds(props.settings.timeoutSeconds),
      environment: props.environment,
      // Takes no grants from constructs: what the function may do is what is spelled out above.
      role: role.withoutPolicyUpdates(),
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
    });
  }
}
