import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../assembly/json.ts';
import { AwsError } from '../../endpoint/api.ts';
import type { FunctionUrlModel } from '../lambda/model.ts';
import { isPreflight, preflightAnswer, withCors } from './cors.ts';
import { type GatewayAnswer, GatewayError, jsonAnswer } from './gateway-answer.ts';
import type { GatewayRequest } from './gateway-request.ts';
import type { GatewayParts } from './http-api.ts';
import { authorizeByIam, iamContext } from './iam-authorization.ts';
import { answerOfV2 } from './lambda-answer.ts';
import { bodyOf, cookiesOf, httpOf, joinedHeaders, placeOf, queryOf, timeOf } from './payload-v2.ts';
import { tellServed } from './request-log.ts';
import { decoded } from './route-key.ts';

/** Recorded by LocalStack: an answer without a content type is JSON, also one with a `statusCode`. */
const urlRules = { defaultContentType: 'application/json' };

/** Recorded by LocalStack (test_lambda_permission_url_invocation). */
const forbidden =
  'Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html';

/** Serves one request to a function URL. Never throws. Source: Lambda Developer Guide, "Invoking Lambda function URLs". */
export async function serveFunctionUrl(
  url: FunctionUrlModel,
  request: GatewayRequest,
  parts: GatewayParts,
): Promise<GatewayAnswer> {
  const requestId = randomUUID();
  let reason: string | undefined;
  let answer: GatewayAnswer;
  try {
    answer = await answerOf(url, request, requestId, parts);
  } catch (error) {
    const failure = asGatewayError(error);
    reason = failure.reason ?? failure.text;
    answer = failureAnswer(failure);
  }
  if (url.cors !== undefined && !isPreflight(request)) answer = withCors(answer, url.cors, request);
  const facts = { request, accountId: parts.accountId, apiId: url.id, requestId, path: request.path };
  tellServed(parts, url.functionName, { ...facts, routeKey: '$default' }, answer, { accessLog: undefined, reason });
  return { ...answer, headers: [...answer.headers, ['x-amzn-requestid', requestId]] };
}

async function answerOf(
  url: FunctionUrlModel,
  request: GatewayRequest,
  requestId: string,
  parts: GatewayParts,
): Promise<GatewayAnswer> {
  if (url.cors !== undefined && isPreflight(request)) return preflightAnswer(url.cors, request);
  const authorizer = authorize(url, request, parts);
  const event = eventOf(url, request, { requestId, accountId: parts.accountId, authorizer });
  const { traceHeader } = request;
  const result = await parts.functions.invoke(url.functionName, JSON.stringify(event), { requestId, traceHeader });
  if (result.functionError !== undefined) {
    throw new GatewayError(502, 'Internal Server Error', `The function failed: ${result.payload}`);
  }
  return answerOfV2(result.payload, urlRules);
}

/**
 * Both permissions are needed since October 2025. Without `AWS_IAM` the function's policy must give them to everybody.
 * Source: Lambda Developer Guide, "Control access to Lambda function URLs".
 */
function authorize(url: FunctionUrlModel, request: GatewayRequest, parts: GatewayParts): JsonObject | undefined {
  const resource = parts.functions.find(url.functionName)?.arn ?? url.functionArn;
  const context = { 'lambda:functionurlauthtype': url.authType, 'lambda:invokedviafunctionurl': 'true' };
  const needed = ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'].map((action) => ({ action, resource, context }));
  if (url.authType === 'AWS_IAM') {
    const [identity] = needed.map((permission) => authorizeByIam(request, 'lambda', permission, parts));
    return identity && { iam: iamContext(identity) };
  }
  for (const permission of needed) {
    const denial = parts.authorizer.lacksAsService({ service: 'anonymous', sourceArn: '' }, permission);
    if (denial === undefined) continue;
    const reason = `The policy of ${url.functionName} does not allow ${permission.action} to everybody.`;
    throw new GatewayError(403, 'Forbidden', `${reason} Declare an AWS::Lambda::Permission with the principal *.`);
  }
  return undefined;
}

/**
 * The event of a function URL: payload format 2.0 with the path as it came, and with the cookie header beside the cookies
 * (an event that AWS made: github.com/hotsock/voker, vokerhttp/testdata/functionurl-request.json).
 */
function eventOf(
  { id, authType }: FunctionUrlModel,
  request: GatewayRequest,
  { requestId, accountId, authorizer }: { requestId: string; accountId: string; authorizer: JsonObject | undefined },
): JsonObject {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: request.path,
    rawQueryString: request.rawQuery,
    ...cookiesOf(request),
    headers: joinedHeaders(request, () => true),
    ...queryOf(request),
    requestContext: {
      accountId: authType === 'NONE' ? 'anonymous' : accountId,
      apiId: id,
      ...(authorizer !== undefined && { authorizer }),
      ...placeOf(request),
      http: httpOf(request, decoded(request.path)),
      requestId,
      routeKey: '$default',
      stage: '$default',
      ...timeOf(request),
    },
    ...bodyOf(request),
  };
}

/** A malformed answer is a 502 as a function's error is. A throttled function is a 429 (Lambda API reference, Invoke). */
function asGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) {
    return error.status === 500 ? new GatewayError(502, error.text, error.reason) : error;
  }
  if (error instanceof AwsError) return new GatewayError(error.httpStatus, error.code, error.message);
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new GatewayError(502, 'Internal Server Error', reason);
}

function failureAnswer({ status, text }: GatewayError): GatewayAnswer {
  if (status === 403) return jsonAnswer(403, { Message: forbidden }, [['x-amzn-errortype', 'AccessDeniedException']]);
  if (status === 502) return { status, headers: [['content-type', 'text/plain']], body: Buffer.from(text) };
  return jsonAnswer(status, { Message: text }, [['x-amzn-errortype', text]]);
}
