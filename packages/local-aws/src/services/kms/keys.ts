import { ResourceList } from '../../assembly/draft.ts';
import type { Declared } from '../../assembly/model.ts';
import { generatedUuid } from '../../assembly/physical-names.ts';
import type { ResourceType, ServiceResources } from '../../assembly/resource-type.ts';
import type { PolicyDocument, PolicyService } from '../iam/model.ts';
import { readPolicyDocument } from '../iam/resources.ts';

/** KMS's part of the model. */
export interface KmsModel {
  readonly keys: readonly KeyModel[];
}

/** A key of KMS. */
export interface KeyModel extends Declared {
  readonly id: string;
  readonly arn: string;
  /** Names of the stacks' aliases for it: `alias/orders`. */
  readonly aliases: readonly string[];
  readonly policies: readonly PolicyDocument[];
}

/** Keys without the aliases that name them. */
export const declaredKeys = new ResourceList<KeyModel>();

const declaredAliases = new ResourceList<{ readonly name: string; readonly target: string }>();

const notEncrypted = 'Nothing is encrypted in memory.';

/** `AWS::KMS::Key`: nothing is encrypted with it here, but who may use it is asked as on AWS. */
const keyType: ResourceType = {
  reads: ['Enabled', 'KeyPolicy'],
  ignores: {
    BypassPolicyLockoutSafetyCheck: 'No policy is changed here.',
    Description: 'Nothing reads it.',
    EnableKeyRotation: notEncrypted,
    KeySpec: notEncrypted,
    KeyUsage: notEncrypted,
    MultiRegion: 'There is one region.',
    Origin: notEncrypted,
    PendingWindowInDays: 'No key outlives the runtime.',
    RotationPeriodInDays: notEncrypted,
    Tags: 'Nothing reads the tags of a key.',
  },
  refuses: {},

  identify({ stack, logicalId, environment: { partition, region, accountId } }) {
    const keyId = generatedUuid(stack, logicalId);
    return {
      physicalId: keyId,
      attributes: { Arn: `arn:${partition}:kms:${region}:${accountId}:key/${keyId}`, KeyId: keyId },
    };
  },

  declare({ stack, logicalId, properties, environment }, { physicalId: id, attributes }, draft) {
    if (properties.boolean('Enabled') === false) {
      throw properties.invalid('Enabled', false, 'true: what a disabled key encrypts cannot be used');
    }
    const root = `arn:${environment.partition}:iam::${environment.accountId}:root`;
    draft.add(declaredKeys, {
      stack,
      logicalId,
      id,
      arn: attributes['Arn'] ?? '',
      aliases: [],
      policies: [
        properties.value('KeyPolicy') === undefined
          ? // KMS Developer Guide, "Default key policy".
            { Statement: [{ Effect: 'Allow', Principal: { AWS: root }, Action: 'kms:*', Resource: '*' }] }
          : readPolicyDocument(properties, 'KeyPolicy'),
      ],
    });
  },
};

/** `AWS::KMS::Alias`: another name for a key, by which a queue or a table may name it. */
const aliasType: ResourceType = {
  reads: ['AliasName', 'TargetKeyId'],
  ignores: {},
  refuses: {},

  identify({ properties }) {
    return { physicalId: properties.requiredText('AliasName'), attributes: {} };
  },

  declare({ properties }, { physicalId: name }, draft) {
    draft.add(declaredAliases, { name, target: properties.requiredText('TargetKeyId') });
  },
};

/** Whether a service's property names the key: by its id, its ARN, or an alias or the ARN of an alias. */
export function isNamed({ id, arn, aliases }: KeyModel, name: string): boolean {
  return name === id || name === arn || aliases.some((alias) => name === alias || name.endsWith(`:${alias}`));
}

/** KMS in templates. What the use of a key takes, the authorizer knows (key-permissions.ts). */
export const kms: ServiceResources & PolicyService<KmsModel> = {
  resourceTypes: { 'AWS::KMS::Alias': aliasType, 'AWS::KMS::Key': keyType },
  readModel(draft): KmsModel {
    const aliasesOf = (key: KeyModel) => draft.all(declaredAliases).filter(({ target }) => isNamed(key, target));
    return {
      keys: draft.all(declaredKeys).map((key) => ({ ...key, aliases: aliasesOf(key).map(({ name }) => name) })),
    };
  },
  resourcePolicies: ({ keys }) => keys,
};
