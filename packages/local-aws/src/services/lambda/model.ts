import { ResourceList } from '../../assembly/draft.ts';
import type { Declared } from '../../assembly/model.ts';
import type { Place } from '../../errors.ts';
import type { PolicyStatement } from '../iam/model.ts';

/** Lambda's part of the model. */
export interface LambdaModel {
  readonly functions: readonly FunctionModel[];
  readonly mappings: readonly MappingModel[];
  readonly functionUrls: readonly FunctionUrlModel[];
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
  /** Retries of asynchronous invocations, where the template does not leave Lambda's defaults. */
  readonly asyncRetry?: AsyncRetrySettings;
  readonly roleArn: string;
  /** Of the key of the account that the environment variables are encrypted with on AWS. */
  readonly kmsKeyArn?: string;
  /** Statements of the function's policy: which services of AWS may invoke the function. */
  readonly permissions?: readonly PolicyStatement[];
}

export type LogLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';

/** `AWS::Lambda::EventInvokeConfig`. */
export interface AsyncRetrySettings {
  /** After a function error: 0 to 2, 2 by default. */
  readonly maximumRetryAttempts?: number;
  /** No attempt is made on an event that is older: 60 to 21,600, which is the default. */
  readonly maximumEventAgeSeconds?: number;
}

/** `AWS::Lambda::Url`: a function that answers HTTP requests itself. */
export interface FunctionUrlModel extends Declared {
  /** 32 letters and digits. */
  readonly id: string;
  readonly functionName: string;
  readonly functionArn: string;
  /** Where it is served here: `http://127.0.0.1:4567/<id>/`. */
  readonly url: string;
  readonly authType: 'NONE' | 'AWS_IAM';
  readonly cors?: CorsConfiguration;
  readonly place: Place;
}

/** What browsers are told of an API or a function URL. Sources: "Cors" in the references of API Gateway v2 and Lambda. */
export interface CorsConfiguration {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAgeSeconds?: number;
  readonly allowCredentials: boolean;
}

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

/** `AWS::Lambda::Permission`: a statement of the policy of the function that it names. */
export const declaredPermissions = new ResourceList<{
  readonly functionName: string;
  readonly statement: PolicyStatement;
}>();

/** The functions of the templates, before the retries that name them are attached. */
export const declaredFunctions = new ResourceList<FunctionModel>();

export const declaredMappings = new ResourceList<MappingModel>();

export const declaredFunctionUrls = new ResourceList<FunctionUrlModel>();

/** `AWS::Lambda::EventInvokeConfig`, by the name of its function. */
export const declaredAsyncRetries = new ResourceList<{
  readonly functionName: string;
  readonly settings: AsyncRetrySettings;
  readonly place: Place;
}>();
