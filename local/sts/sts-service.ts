import type { Operation, RpcService } from '../endpoint/service.ts';
import type { LocalModel } from '../model.ts';
import { getCallerIdentity } from './get-caller-identity.ts';

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
