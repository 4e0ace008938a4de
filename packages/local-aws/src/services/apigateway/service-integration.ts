import { AwsError, type Caller, type RpcService } from '../../endpoint/api.ts';
import { jsonProtocol } from '../../endpoint/json.ts';
import { queryProtocol } from '../../endpoint/query.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import type { RoleModel } from '../iam/model.ts';
import { type GatewayAnswer, GatewayError } from './gateway-answer.ts';
import { type Subtype, subtypeOf } from './integration-subtypes.ts';
import type { ServiceIntegrationModel } from './model.ts';
import { select, type SelectionSources } from './selection.ts';

/** What a first-class integration works with. */
export interface ServiceCallParts {
  readonly sqs: { readonly rpc: RpcService };
  readonly eventBridge: { readonly rpc: RpcService };
  readonly authorizer: Authorizer;
  readonly roles: readonly RoleModel[];
  readonly signal: AbortSignal;
  readonly requestId: string;
}

/**
 * Calls the operation in the name of the integration's role, and answers what the service answers: the XML of SQS's Query
 * protocol, the JSON of EventBridge. A denial or another error of the service goes to the client with its status.
 *
 * @throws {GatewayError} for parameters without a value, and for a role that API Gateway may not assume
 */
export async function callService(
  { subtype: name, credentialsArn, requestParameters }: ServiceIntegrationModel,
  sources: SelectionSources,
  { authorizer, roles, signal, requestId, ...services }: ServiceCallParts,
): Promise<GatewayAnswer> {
  const { service, operation: operationName, required, input: inputOf } = subtypeOf(name);
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
  const { rpc } = services[service];
  const protocol = protocols[service](operationName, rpc);
  try {
    const operation = rpc.operations[operationName];
    const input = inputOf(parameters);
    for (const permission of operation?.permissions?.(input) ?? []) authorizer(caller, permission);
    const output = await operation?.run(input, { caller, requestId, signal });
    return httpAnswer(protocol.success(output ?? {}, requestId));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return httpAnswer(protocol.failure(error, requestId));
  }
}

const protocols: Readonly<Record<Subtype['service'], typeof queryProtocol>> = {
  sqs: queryProtocol,
  eventBridge: (_operation, rpc) => jsonProtocol('application/x-amz-json-1.1', rpc),
};

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
