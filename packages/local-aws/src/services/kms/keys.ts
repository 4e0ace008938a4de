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
  readonly policies: readonly PolicyDocument[];
}

const declaredKeys = new ResourceList<KeyModel>();

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
      policies: [
        properties.value('KeyPolicy') === undefined
          ? // KMS Developer Guide, "Default key policy".
            { Statement: [{ Effect: 'Allow', Principal: { AWS: root }, Action: 'kms:*', Resource: '*' }] }
          : readPolicyDocument(properties, 'KeyPolicy'),
      ],
    });
  },
};

/** KMS in templates. What the use of a key takes, the authorizer knows (key-permissions.ts). */
export const kms: ServiceResources & PolicyService<KmsModel> = {
  resourceTypes: { 'AWS::KMS::Key': keyType },
  readModel: (draft): KmsModel => ({ keys: draft.all(declaredKeys) }),
  resourcePolicies: ({ keys }) => keys,
};
