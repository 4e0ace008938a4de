import type { ResourceType } from '../resource-type.ts';

/** `AWS::Lambda::Alias`: the function under another ARN. */
export const lambdaAlias: ResourceType = {
  reads: ['FunctionName', 'Name'],
  ignores: {
    Description: 'Nothing reads it.',
    FunctionVersion: 'Every version runs the current code of its function.',
    ProvisionedConcurrencyConfig: 'Environments start on demand.',
  },
  refuses: {
    RoutingConfig: {
      reason: 'Invocations cannot be divided between versions: there is one code of each function.',
      remedy: 'Remove the additional versions when the stack is synthesized for local use.',
    },
  },

  identify({ properties, environment: { partition, region, accountId } }) {
    const name = properties.requiredText('FunctionName');
    const arn = name.startsWith('arn:') ? name : `arn:${partition}:lambda:${region}:${accountId}:function:${name}`;
    const aliasArn = `${arn}:${properties.requiredText('Name')}`;
    return { physicalId: aliasArn, attributes: { AliasArn: aliasArn } };
  },

  declare({ stack, logicalId, type }, _identity, draft) {
    draft.skipped.push({ stack, logicalId, type, reason: 'An alias runs the current code of its function.' });
  },
};
