import { type Clock, sleep } from '../../clock.ts';
import { AwsError } from '../../endpoint/api.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import type { LambdaService } from '../lambda/functions.ts';
import type { FunctionModel } from '../lambda/model.ts';
import { type GatewayAnswer, GatewayError } from './gateway-answer.ts';
import type { IntegrationFacts } from './context-variables.ts';

/** What a function is invoked with. */
export interface FunctionCall {
  /** ARN of a function, or one around it. Stage variables are filled in. */
  readonly uri: string;
  readonly event: object;
  readonly timeoutMs: number;
  readonly traceHeader: string;
  /** Who invokes: a role of the integration, or API Gateway for this ARN of the API, which the function's policy must allow. */
  readonly as: { readonly roleArn: string } | { readonly sourceArn: string };
  /** The answer to the client of what the function answers. */
  readonly answerOf: (payload: string) => GatewayAnswer;
  /** Filled in for access logs. */
  readonly facts: IntegrationFacts;
}

export interface FunctionCallParts {
  readonly functions: LambdaService;
  readonly authorizer: Authorizer;
  readonly clock: Clock;
}

/** Lambda quota for the event of a synchronous invocation. */
const eventLimitBytes = 6 * 1024 * 1024;

/**
 * Invokes the function of an integration, and answers what it answers.
 *
 * @throws {GatewayError} 500 for a function's error, a missing permission or function; 503 after the timeout or when
 *   Lambda throttles; 413 for an event that Lambda would not take
 */
export async function callFunction(
  call: FunctionCall,
  { functions, authorizer, clock }: FunctionCallParts,
): Promise<GatewayAnswer> {
  const name = functionNameIn(call.uri);
  const fn = name === undefined ? undefined : functions.find(name);
  if (fn === undefined) throw internalError(`There is no function ${name ?? call.uri}.`);
  requirePermission(call, fn, authorizer);
  const payload = JSON.stringify(call.event);
  if (Buffer.byteLength(payload) > eventLimitBytes) {
    throw new GatewayError(413, 'Request Entity Too Large', `Lambda takes events of ${eventLimitBytes} bytes at most.`);
  }
  const late = new AbortController();
  const invocation = functions.invoke(fn.name, payload, { traceHeader: call.traceHeader });
  const timeout = sleep(clock, call.timeoutMs, late.signal);
  const result = await Promise.race([invocation, timeout])
    .catch((error: unknown) => {
      throw lambdaRefusal(error);
    })
    .finally(() => late.abort());
  if (result === undefined) {
    invocation.catch(() => {});
    throw new GatewayError(503, 'Service Unavailable', `${fn.name} did not answer within ${call.timeoutMs} ms.`, {
      cause: 'timeout',
    });
  }
  call.facts.requestId = result.requestId;
  call.facts.status = 200;
  if (result.functionError !== undefined) {
    const { functionError } = result;
    const message = `The Lambda function returned the following error: ${functionError}. Check your Lambda function code and try again.`;
    const options = { integrationMessage: message, cause: 'function' } as const;
    throw new GatewayError(500, 'Internal Server Error', errorText(result.payload), options);
  }
  return call.answerOf(result.payload);
}

/** The name in `arn:aws:lambda:…:function:NAME`, with or without a qualifier and API Gateway's ARN around it. */
function functionNameIn(uri: string): string | undefined {
  return /:function:([\w-]+)/.exec(uri)?.[1];
}

/** As HTTP APIs log it (seen by users of AWS). */
const noPermission =
  "The IAM role configured on the integration or API Gateway doesn't have permissions to call the integration. Check the permissions and try again.";

/** Source: API Gateway Developer Guide, "Troubleshooting issues with HTTP API Lambda integrations". */
function requirePermission({ as }: FunctionCall, fn: FunctionModel, authorizer: Authorizer): void {
  const permission = { action: 'lambda:InvokeFunction', resource: fn.arn };
  if ('roleArn' in as) {
    const denial = authorizer.lacks({ roleArn: as.roleArn, sessionName: 'BackplaneAssumeRoleSession' }, permission);
    if (denial !== undefined) throw internalError(denial.error.message, noPermission);
    return;
  }
  const denial = authorizer.lacksAsService({ service: 'apigateway.amazonaws.com', ...as }, permission);
  if (denial === undefined) return;
  const reason = `The policy of ${fn.name} does not let API Gateway invoke it for ${as.sourceArn}.`;
  throw internalError(`${reason} Declare an AWS::Lambda::Permission.`, noPermission);
}

function errorText(payload: string): string {
  const { errorType, errorMessage } = JSON.parse(payload) as { errorType?: string; errorMessage?: string };
  return `The function failed: ${errorType ?? 'Error'}: ${errorMessage ?? ''}`;
}

function internalError(reason: string, integrationMessage?: string): GatewayError {
  return new GatewayError(500, 'Internal Server Error', reason, { integrationMessage: integrationMessage ?? reason });
}

/** A throttled function is a 503, by what users of HTTP APIs report. */
function lambdaRefusal(error: unknown): unknown {
  if (!(error instanceof AwsError)) return error;
  if (error.code === 'TooManyRequestsException') return new GatewayError(503, 'Service Unavailable', error.message);
  return internalError(error.message);
}

/** The text with the values of the stage's variables, as in `arn:…:function:${stageVariables.name}`. */
export function withStageVariables(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{stageVariables\.(\w+)\}/g, (_whole, name: string) => variables[name] ?? '');
}
