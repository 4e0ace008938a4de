import { validateHeaderName, validateHeaderValue } from 'node:http';
import { isJsonObject, type JsonObject } from '../../assembly/json.ts';
import { type GatewayAnswer, GatewayError } from './gateway-answer.ts';

/** How an answer without a content type is told to be. */
interface AnswerRules {
  /** For an answer that has a `statusCode`. */
  readonly defaultContentType: string;
}

interface V1Rules extends AnswerRules {
  /** Whether a body in Base64 is sent as bytes. */
  readonly decodesBase64: boolean;
  /** REST APIs: no `statusCode` is 200, and an answer with other members, or with none, is malformed. */
  readonly isStrict: boolean;
}

/** HTTP APIs (seen on AWS: `statusCode` and `body` alone come back as text). */
export const httpApiRules: AnswerRules = { defaultContentType: 'text/plain; charset=utf-8' };

/**
 * The HTTP answer that a function's answer of format 2.0 stands for. Without a `statusCode` the whole answer is the body:
 * a text as it is, all else as JSON. Source: API Gateway Developer Guide, "Create AWS Lambda proxy integrations for HTTP
 * APIs"; recorded by LocalStack for function URLs (test_lambda_url_invocation).
 *
 * @param payload JSON text of the function's answer
 * @throws {GatewayError} for an answer that is malformed
 */
export function answerOfV2(payload: string, rules: AnswerRules): GatewayAnswer {
  const value = parsed(payload);
  if (!isJsonObject(value) || value['statusCode'] === undefined || value['statusCode'] === null) {
    const text = typeof value === 'string' ? value : payload;
    return { status: 200, headers: [['content-type', 'application/json']], body: Buffer.from(text) };
  }
  const { cookies = [] } = value;
  if (!Array.isArray(cookies)) throw malformed('its cookies are no list');
  const headers = headersOf(value).filter(([name]) => name.toLowerCase() !== 'set-cookie');
  const ofHeaders = headersOf(value).filter(([name]) => name.toLowerCase() === 'set-cookie');
  return {
    status: statusOf(value),
    headers: [
      ...withContentType(headers, rules.defaultContentType),
      ...cookies.map((cookie) => validHeader('set-cookie', String(cookie))),
      ...ofHeaders,
    ],
    body: bodyOf(value, true),
  };
}

/**
 * The HTTP answer of format 1.0, which must have a `statusCode`. A name in `multiValueHeaders` and in `headers` gets the
 * values of both. Sources: API Gateway Developer Guide, "Create AWS Lambda proxy integrations for HTTP APIs"; recorded by
 * LocalStack for REST APIs (test_aws_proxy_response_payload_format_validation).
 *
 * @throws {GatewayError} for an answer that is malformed
 */
export function answerOfV1(payload: string, rules: V1Rules): GatewayAnswer {
  const value = parsed(payload);
  if (!isJsonObject(value)) throw malformed('it is no object');
  const { statusCode = rules.isStrict ? 200 : undefined } = value;
  if (statusCode === undefined) throw malformed('it has no statusCode');
  if (rules.isStrict) refuseStrangers(value);
  const multi = value['multiValueHeaders'] ?? {};
  if (!isJsonObject(multi)) throw malformed('its multiValueHeaders are no object');
  const several = Object.entries(multi).flatMap(([name, values]) => {
    if (!Array.isArray(values)) throw malformed(`its multiValueHeaders have no list for ${name}`);
    return values.map((each) => validHeader(name, String(each)));
  });
  const single = headersOf(value).filter(
    ([name, text]) => !several.some(([other, same]) => other.toLowerCase() === name.toLowerCase() && same === text),
  );
  return {
    status: statusOf({ statusCode }),
    headers: withContentType([...several, ...single], rules.defaultContentType),
    body: bodyOf(value, rules.decodesBase64),
  };
}

const v1Members = ['body', 'headers', 'isBase64Encoded', 'multiValueHeaders', 'statusCode'];

function refuseStrangers(value: JsonObject): void {
  const names = Object.keys(value);
  const stranger = names.find((name) => !v1Members.includes(name));
  if (stranger !== undefined) throw malformed(`it has the member ${stranger}`);
  if (names.length === 0) throw malformed('it is empty');
}

function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload) as unknown;
  } catch {
    throw malformed('it is no JSON');
  }
}

function statusOf({ statusCode }: JsonObject): number {
  const status = Number(statusCode);
  if (Number.isInteger(status) && status >= 200 && status <= 599) return status;
  throw malformed(`its statusCode is ${JSON.stringify(statusCode)}`);
}

function headersOf({ headers }: JsonObject): [string, string][] {
  if (headers === undefined || headers === null) return [];
  if (!isJsonObject(headers)) throw malformed('its headers are no object');
  return Object.entries(headers).map(([name, value]) => validHeader(name, String(value)));
}

function validHeader(name: string, value: string): [string, string] {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return [name, value];
  } catch {
    throw malformed(`its header ${JSON.stringify(name)} is not one that HTTP can send`);
  }
}

function withContentType(headers: readonly [string, string][], type: string): [string, string][] {
  const hasType = headers.some(([name]) => name.toLowerCase() === 'content-type');
  return hasType ? [...headers] : [['content-type', type], ...headers];
}

function bodyOf({ body, isBase64Encoded }: JsonObject, decodesBase64: boolean): Buffer {
  if (body === undefined || body === null) return Buffer.alloc(0);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return Buffer.from(text, isBase64Encoded === true && decodesBase64 ? 'base64' : 'utf8');
}

function malformed(why: string): GatewayError {
  const reason = `The function's answer is malformed: ${why}.`;
  return new GatewayError(500, 'Internal Server Error', reason, { cause: 'function' });
}
