import { generatedRoleId } from '../assembly/physical-names.ts';
import type { Caller, JsonObject, Operation, RpcService } from '../endpoint/service.ts';
import { assumedRoleArn } from '../iam/request.ts';
import type { LocalModel } from '../model.ts';

/** Who calls. The developer, who may do everything, is shown as the account's root. */
function getCallerIdentity(model: LocalModel, { roleArn, sessionName }: Caller): JsonObject {
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

/** AWS Security Token Service (Query protocol): tells a caller who it is. Everybody may ask, as on AWS. */
export class StsService implements RpcService {
  readonly signingName = 'sts';
  readonly xmlNamespace = 'https://sts.amazonaws.com/doc/2011-06-15/';
  readonly operations: Readonly<Record<string, Operation>>;

  /** `model` gives the model that runs now. */
  constructor(model: () => LocalModel) {
    this.operations = { GetCallerIdentity: { run: (_input, { caller }) => getCallerIdentity(model(), caller) } };
  }
}
