import { generatedUuid } from '../physical-names.ts';
import type { ResourceType } from '../resource-type.ts';
import { readPolicyDocument } from './iam.ts';

const notEncrypted = 'Nothing is encrypted in memory.';

/** `AWS::KMS::Key`: nothing is encrypted with it here, but who may use it is asked as on AWS. */
export const kmsKey: ResourceType = {
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
    draft.keys.push({
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
