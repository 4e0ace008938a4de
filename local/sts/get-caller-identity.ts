import { generatedRoleId } from '../assembly/physical-names.ts';
import type { Caller, JsonObject } from '../endpoint/service.ts';
import { assumedRoleArn } from '../iam/assumed-role.ts';
import type { LocalModel } from '../model.ts';

/** Who calls. The developer, who may do everything, is shown as the account's root. */
export function getCallerIdentity(model: LocalModel, { roleArn, sessionName }: Caller): JsonObject {
  const { accountId } = model;
  if (roleArn === undefined) {
    return { Arn: `arn:aws:iam::${accountId}:root`, UserId: accountId, Account: accountId };
  }
  const role = model.roles.find(({ arn }) => arn === roleArn);
  const roleId = generatedRoleId(role?.stack ?? '', role?.logicalId ?? roleArn);
  return {
    Arn: assumedRoleArn(roleArn, sessionName),
    UserId: `${roleId}:${sessionName ?? role?.name ?? ''}`,
    Account: accountId,
  };
}
