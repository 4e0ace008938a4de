import type { AssemblyModel } from '../assembly/model.ts';
import { generatedRoleId } from '../assembly/physical-names.ts';
import type { Caller, JsonObject, RpcService } from '../endpoint/api.ts';
import type { RunningService, Service } from '../service.ts';
import type { IamModel } from './iam/model.ts';
import { assumedRoleArn } from './iam/request.ts';

type StsModel = AssemblyModel & IamModel;

/** Who calls. The developer, who may do everything, is shown as the account's root. */
function getCallerIdentity(model: StsModel, { roleArn, sessionName }: Caller): JsonObject {
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
export class StsService implements RunningService<IamModel> {
  readonly rpc: RpcService = {
    signingName: 'sts',
    xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    operations: { GetCallerIdentity: { run: (_input, { caller }) => getCallerIdentity(this.#model, caller) } },
  };
  #model: StsModel;

  constructor(model: StsModel) {
    this.#model = model;
  }

  update(model: StsModel): void {
    this.#model = model;
  }
}

export const sts: Service<IamModel> = {
  actionPrefix: 'sts',
  start: (model) => new StsService(model),
};
