import { AwsError, type Caller, type JsonObject } from '../../endpoint/api.ts';
import { queryProtocol } from '../../endpoint/query.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import type { RoleModel } from '../iam/model.ts';
import type { SqsService } from '../sqs/service.ts';
import { type GatewayAnswer, GatewayError } from './gateway-answer.ts';
import type { ServiceIntegrationModel } from './model.ts';
import { select, selectionProblem, type SelectionSources } from './selection.ts';

/** An operation that an integration subtype stands for. */
interface Subtype {
  readonly operation: string;
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** The operation's input from the texts of the parameters. */
  readonly input: (parameters: Readonly<Record<string, string>>) => JsonObject;
}

/** What the operations of SQS take as numbers, and as objects or lists in JSON. */
const numbers = new Set(['DelaySeconds', 'MaxNumberOfMessages', 'VisibilityTimeout', 'WaitTimeSeconds']);
const documents = new Set(['MessageAttributes', 'MessageSystemAttributes', 'AttributeNames', 'MessageAttributeNames']);

const sqsInput = (parameters: Readonly<Record<string, string>>): JsonObject =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, text]) => {
      const member = name === 'AttributeName' ? 'AttributeNames' : name;
      if (numbers.has(member)) return [member, Number(text)];
      return [member, documents.has(member) ? documentOf(member, text) : text];
    }),
  );

function documentOf(name: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    if (name.endsWith('Names')) return text.split(',');
    throw new GatewayError(400, 'Bad Request', `${name} is no JSON.`);
  }
}

/** Source: API Gateway Developer Guide, "Integration subtype reference". */
const subtypes: Readonly<Record<string, Subtype>> = {
  'SQS-SendMessage': {
    operation: 'SendMessage',
    required: ['QueueUrl', 'MessageBody'],
    optional: [
      'DelaySeconds',
      'MessageAttributes',
      'MessageDeduplicationId',
      'MessageGroupId',
      'MessageSystemAttributes',
      'Region',
    ],
    input: sqsInput,
  },
  'SQS-ReceiveMessage': {
    operation: 'ReceiveMessage',
    required: ['QueueUrl'],
    optional: [
      'AttributeName',
      'AttributeNames',
      'MaxNumberOfMessages',
      'MessageAttributeNames',
      'ReceiveRequestAttemptId',
      'VisibilityTimeout',
      'WaitTimeSeconds',
      'Region',
    ],
    input: sqsInput,
  },
  'SQS-DeleteMessage': {
    operation: 'DeleteMessage',
    required: ['QueueUrl', 'ReceiptHandle'],
    optional: ['Region'],
    input: sqsInput,
  },
  'SQS-PurgeQueue': { operation: 'PurgeQueue', required: ['QueueUrl'], optional: ['Region'], input: sqsInput },
};

/** Subtypes that AWS has and that are not here. */
const otherSubtypes = new Set([
  'AppConfig-GetConfiguration',
  'EventBridge-PutEvents',
  'Kinesis-PutRecord',
  'StepFunctions-StartExecution',
  'StepFunctions-StartSyncExecution',
  'StepFunctions-StopExecution',
]);

/** Why an integration cannot be: `refused` by AWS too, or only not here. */
export function subtypeProblem(
  name: string,
  parameters: Readonly<Record<string, string>>,
): { readonly reason: string; readonly remedy: string; readonly refused: boolean } | undefined {
  const subtype = subtypes[name];
  if (subtype === undefined) {
    const known = Object.keys(subtypes).join(', ');
    const refused = !otherSubtypes.has(name);
    const reason = refused
      ? `there is no integration subtype ${name}.`
      : `The integration subtype ${name} is not here: it needs another service.`;
    return { reason, remedy: `Use one of ${known}, or leave integration and routes out for local use.`, refused };
  }
  const missing = subtype.required.find((parameter) => parameters[parameter] === undefined);
  if (missing !== undefined) {
    const reason = `${name} needs the parameter ${missing}.`;
    return { reason, remedy: `Give the integration the parameter ${missing}.`, refused: true };
  }
  const unknown = Object.keys(parameters).find(
    (parameter) => !subtype.required.includes(parameter) && !subtype.optional.includes(parameter),
  );
  if (unknown !== undefined) {
    const reason = `${name} has no parameter ${unknown}.`;
    const all = [...subtype.required, ...subtype.optional].join(', ');
    return { reason, remedy: `Remove it, or give one of ${all}.`, refused: true };
  }
  for (const [parameter, text] of Object.entries(parameters)) {
    const problem = selectionProblem(text);
    if (problem === undefined) continue;
    const reason = `Invalid source: ${text} specified for destination: ${parameter}.`;
    return { reason, remedy: `Write another expression: ${problem}.`, refused: true };
  }
  return undefined;
}

/** What a first-class integration works with. */
export interface ServiceCallParts {
  readonly sqs: SqsService;
  readonly authorizer: Authorizer;
  readonly roles: readonly RoleModel[];
  readonly signal: AbortSignal;
  readonly requestId: string;
}

/**
 * Calls the operation in the name of the integration's role, and answers what the service answers: the XML of SQS's Query
 * protocol. A denial or another error of the service goes to the client with its status.
 *
 * @throws {GatewayError} for parameters without a value, and for a role that API Gateway may not assume
 */
export async function callService(
  { subtype: name, credentialsArn, requestParameters }: ServiceIntegrationModel,
  sources: SelectionSources,
  { sqs, authorizer, roles, signal, requestId }: ServiceCallParts,
): Promise<GatewayAnswer> {
  const { operation: operationName, required, input: inputOf } = subtypes[name] as Subtype;
  const parameters: Record<string, string> = {};
  for (const [parameter, text] of Object.entries(requestParameters)) {
    const value = select(text, sources);
    if (value !== undefined) parameters[parameter] = value;
    else if (required.includes(parameter)) {
      const reason = `Unable to resolve property ${parameter} from source ${text}.`;
      throw new GatewayError(
        400,
        'Bad Request',
        `${reason} Please make sure that the value for property is not empty.`,
      );
    }
  }
  delete parameters['Region'];
  const role = roles.find(({ arn }) => arn === credentialsArn);
  if (role !== undefined && !isTrusted(role)) {
    const reason = `API Gateway may not assume the role ${role.name}: its trust policy does not name apigateway.amazonaws.com.`;
    // As an access log of AWS has it (terraform-aws-apigateway-v2, issue 87).
    const integrationMessage =
      "API Gateway doesn't have permissions to assume the IAM role configured on the integration. Check the permissions and try again.";
    throw new GatewayError(500, 'Internal Server Error', reason, { integrationMessage });
  }
  const caller: Caller = { accessKeyId: '', roleArn: credentialsArn, sessionName: 'BackplaneAssumeRoleSession' };
  const protocol = queryProtocol(operationName, sqs.rpc);
  try {
    const operation = sqs.rpc.operations[operationName];
    const input = inputOf(parameters);
    for (const permission of operation?.permissions?.(input) ?? []) authorizer(caller, permission);
    const output = await operation?.run(input, { caller, requestId, signal });
    return httpAnswer(protocol.success(output ?? {}, requestId));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return httpAnswer(protocol.failure(error, requestId));
  }
}

function httpAnswer({ status, headers, body }: ReturnType<ReturnType<typeof queryProtocol>['success']>): GatewayAnswer {
  return { status, headers: [['content-type', headers['content-type'] ?? 'text/xml']], body: Buffer.from(body) };
}

/** Whether the role's trust policy lets API Gateway assume it. */
function isTrusted({ trustPolicy }: RoleModel): boolean {
  const statements = trustPolicy?.Statement ?? [];
  return statements.some(({ Effect, Principal }) => {
    const services = (Principal as { readonly Service?: unknown } | undefined)?.Service;
    return Effect === 'Allow' && [services].flat().includes('apigateway.amazonaws.com');
  });
}
