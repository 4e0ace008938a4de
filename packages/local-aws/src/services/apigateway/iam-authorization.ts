import type { JsonObject } from '../../assembly/json.ts';
import { credentialScope } from '../../endpoint/call-context.ts';
import { generatedRoleId } from '../../assembly/physical-names.ts';
import type { Caller, Permission } from '../../endpoint/api.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import type { CredentialRegistry } from '../iam/credentials.ts';
import type { RoleModel } from '../iam/model.ts';
import { assumedRoleArn } from '../iam/request.ts';
import { GatewayError } from './gateway-answer.ts';
import { type GatewayRequest, headerValue } from './gateway-request.ts';

/** Who signed a request. */
export interface Identity {
  readonly accessKey: string;
  readonly accountId: string;
  readonly callerId: string;
  readonly userArn: string;
  readonly userId: string;
}

/** What decides whether a signed request may pass. */
export interface IamParts {
  readonly credentials: CredentialRegistry;
  readonly authorizer: Authorizer;
  readonly accountId: string;
  readonly roles: readonly RoleModel[];
}

/**
 * The caller of a request that is signed with Signature Version 4, by its access key alone: signatures are not verified.
 * Access keys that were not issued here are the developer's, who may do everything.
 *
 * @param signingName the service that the request must be signed for: `execute-api`, `lambda`
 * @param permission what the caller needs
 * @throws {GatewayError} 403 without a signature, or when the caller may not
 */
export function authorizeByIam(
  request: GatewayRequest,
  signingName: string,
  permission: Permission,
  { credentials, authorizer, accountId, roles }: IamParts,
): Identity {
  const presigned = new URLSearchParams(request.rawQuery).get('X-Amz-Credential');
  const scope = credentialScope(headerValue(request, 'authorization'), presigned);
  if (scope === undefined) throw forbidden('The request is not signed.');
  if (scope.service !== signingName) {
    throw forbidden(`The request is signed for ${scope.service}, and must be signed for ${signingName}.`);
  }
  const caller = credentials.callerFor(scope.accessKeyId);
  const denial = authorizer.lacks(caller, permission);
  if (denial !== undefined) throw forbidden(denial.error.message);
  return { accessKey: scope.accessKeyId, accountId, ...names(caller, accountId, roles) };
}

/** What functions read of a caller. */
export function iamContext({ accessKey, accountId, callerId, userArn, userId }: Identity): JsonObject {
  return { accessKey, accountId, callerId, cognitoIdentity: null, principalOrgId: null, userArn, userId };
}

function forbidden(reason: string): GatewayError {
  return new GatewayError(403, 'Forbidden', reason);
}

function names({ roleArn, sessionName }: Caller, accountId: string, roles: readonly RoleModel[]) {
  if (roleArn === undefined) {
    return { callerId: accountId, userArn: `arn:aws:iam::${accountId}:root`, userId: accountId };
  }
  const role = roles.find(({ arn }) => arn === roleArn);
  const id = `${generatedRoleId(role?.stack ?? '', role?.logicalId ?? roleArn)}:${sessionName ?? role?.name ?? ''}`;
  return { callerId: id, userArn: assumedRoleArn(roleArn, sessionName), userId: id };
}
