import type { Clock } from '../clock.ts';
import type { Operation, RpcService } from '../endpoint/service.ts';
import type { LocalModel } from '../model.ts';
import { describeStackResource } from './describe-stack-resource.ts';
import { describeStackResources } from './describe-stack-resources.ts';
import { describeStacks } from './describe-stacks.ts';
import { listStackResources } from './list-stack-resources.ts';
import { listStacks } from './list-stacks.ts';

/** AWS CloudFormation (Query protocol), reading only: what the stacks of the assembly became here. */
export class CloudFormationService implements RpcService {
  readonly signingName = 'cloudformation';
  readonly xmlNamespace = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';
  readonly operations: Readonly<Record<string, Operation>>;

  /** `model` gives the model that runs now. Stacks count as created when the service is. */
  constructor({ model, clock }: { readonly model: () => LocalModel; readonly clock: Clock }) {
    const catalog = { model, createdAt: new Date(clock.now()) };
    this.operations = {
      DescribeStackResource: describeStackResource(catalog),
      DescribeStackResources: describeStackResources(catalog),
      DescribeStacks: describeStacks(catalog),
      ListStackResources: listStackResources(catalog),
      ListStacks: listStacks(catalog),
    };
  }
}
