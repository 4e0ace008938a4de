import { type Draft, refuseSameNames, ResourceList } from '../../src/assembly/draft.ts';
import type { Declared } from '../../src/assembly/model.ts';
import type { ResourceType } from '../../src/assembly/resource-type.ts';
import { AwsError, type JsonObject, type RpcService } from '../../src/endpoint/api.ts';
import type { RunningService, Service } from '../../src/service.ts';

/** `AWS::SSM::Parameter`. */
interface ParameterModel extends Declared {
  readonly name: string;
  readonly arn: string;
  readonly value: string;
}

/** The service's part of the model. */
interface ParametersModel {
  readonly parameters: readonly ParameterModel[];
}

const declaredParameters = new ResourceList<ParameterModel>();

const parameterType: ResourceType = {
  reads: ['Name', 'Value'],
  ignores: { Type: 'Every value is a text here.' },
  refuses: {
    AllowedPattern: { reason: 'Patterns are not checked.', remedy: 'Leave the pattern out for local use.' },
  },

  identify({ properties, environment: { region, accountId } }) {
    const name = properties.requiredText('Name');
    return { physicalId: name, attributes: { Arn: `arn:aws:ssm:${region}:${accountId}:parameter/${name}` } };
  },

  declare({ stack, logicalId, properties }, { physicalId: name, attributes }, draft) {
    const value = properties.requiredText('Value');
    draft.add(declaredParameters, { stack, logicalId, name, arn: attributes['Arn'] ?? '', value });
  },
};

/** A service as small as they can be: Systems Manager, for the values of the template's parameters. */
export class ParameterService implements RunningService<ParametersModel> {
  readonly rpc: RpcService;
  #parameters: readonly ParameterModel[];

  constructor({ parameters }: ParametersModel, accountArn: string) {
    this.#parameters = parameters;
    this.rpc = {
      signingName: 'ssm',
      targetPrefix: 'AmazonSSM',
      operations: {
        GetParameter: {
          input: { members: { Name: 'string' } },
          permissions: ({ Name: name }) => [
            { action: 'ssm:GetParameter', resource: `${accountArn}:parameter/${String(name)}` },
          ],
          run: ({ Name: name }) => ({ Parameter: this.#find(String(name)) }),
        },
      },
    };
  }

  update({ parameters }: ParametersModel): void {
    this.#parameters = parameters;
  }

  #find(wanted: string): JsonObject {
    const parameter = this.#parameters.find(({ name }) => name === wanted);
    if (parameter === undefined) throw new AwsError('ParameterNotFound', `Parameter ${wanted} not found.`);
    return { Name: parameter.name, ARN: parameter.arn, Value: parameter.value, Type: 'String' };
  }
}

export const parameterStore: Service<ParametersModel> = {
  actionPrefix: 'ssm',
  resourceTypes: { 'AWS::SSM::Parameter': parameterType },
  readModel(draft: Draft): ParametersModel {
    const parameters = draft.all(declaredParameters);
    refuseSameNames('parameters', parameters);
    return { parameters };
  },
  start: (model, { region, accountId }) => new ParameterService(model, `arn:aws:ssm:${region}:${accountId}`),
};
