import type { ResourceType } from '../resource-type.ts';

/** `AWS::Lambda::Version`. There is one code of each function here, so a version is the function under another ARN. */
export const lambdaVersion: ResourceType = {
  reads: ['FunctionName'],
  ignores: {
    CodeSha256: 'Only CloudFormation compares it.',
    Description: 'Nothing reads it.',
    FunctionScalingConfig: 'Environments start on demand.',
    ProvisionedConcurrencyConfig: 'Environments start on demand.',
    RuntimePolicy: 'The runtime is the Node.js of this machine.',
  },
  refuses: {},

  identify({ properties, environment: { partition, region, accountId } }) {
    const name = properties.requiredText('FunctionName');
    const arn = name.startsWith('arn:') ? name : `arn:${partition}:lambda:${region}:${accountId}:function:${name}`;
    return { physicalId: `${arn}:1`, attributes: { Version: '1', FunctionArn: `${arn}:1` } };
  },

  declare({ stack, logicalId, type }, _identity, draft) {
    draft.skipped.push({ stack, logicalId, type, reason: 'Every version runs the current code of its function.' });
  },
};
