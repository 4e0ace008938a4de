import { assemblyError } from '../error-codes.ts';
import { generatedName } from '../physical-names.ts';
import type { ResourceType } from '../resource-type.ts';

const onlyServices = 'It narrows down which resource of a service may invoke, and no service invokes here.';

/** `AWS::Lambda::Permission`: skipped for AWS services, which do not call here; refused for roles and accounts. */
export const lambdaPermission: ResourceType = {
  reads: ['Principal'],
  ignores: {
    Action: onlyServices,
    EventSourceToken: onlyServices,
    FunctionName: onlyServices,
    FunctionUrlAuthType: onlyServices,
    InvokedViaFunctionUrl: onlyServices,
    PrincipalOrgID: onlyServices,
    SourceAccount: onlyServices,
    SourceArn: onlyServices,
  },
  refuses: {},

  identify({ stack, logicalId }) {
    return { physicalId: generatedName(stack, logicalId, 100), attributes: {} };
  },

  declare({ stack, logicalId, type, properties }, _identity, draft) {
    const principal = properties.requiredText('Principal');
    if (!/\.amazonaws\.com(?:\.cn)?$/u.test(principal)) {
      throw assemblyError(
        'RESOURCE_UNSUPPORTED',
        `It lets ${principal} invoke the function; only identity policies are evaluated for functions.`,
        'Grant the invocation in the policy of the calling role, with grantInvoke for example.',
        properties.placeOf('Principal'),
      );
    }
    draft.skipped.push({ stack, logicalId, type, reason: `${principal} does not invoke functions here.` });
  },
};

/** `AWS::Lambda::EventInvokeConfig`: retries of asynchronous invocations. Limits: Lambda API reference, of that name. */
export const lambdaEventInvokeConfig: ResourceType = {
  reads: ['FunctionName', 'MaximumEventAgeInSeconds', 'MaximumRetryAttempts', 'Qualifier'],
  ignores: {},
  refuses: {
    DestinationConfig: {
      reason: 'Asynchronous invocations have no destinations here.',
      remedy: 'Leave out onSuccess and onFailure when the stack is synthesized for local use.',
    },
  },

  identify({ stack, logicalId }) {
    return { physicalId: generatedName(stack, logicalId, 100), attributes: {} };
  },

  declare({ properties }, _identity, draft) {
    // Only $LATEST can be invoked here.
    properties.choice('Qualifier', ['$LATEST']);
    const maximumRetryAttempts = properties.integer('MaximumRetryAttempts', 0, 2);
    const maximumEventAgeSeconds = properties.integer('MaximumEventAgeInSeconds', 60, 21_600);
    draft.asyncRetries.push({
      functionName: properties.requiredText('FunctionName').split(':').at(-1) ?? '',
      settings: {
        ...(maximumRetryAttempts !== undefined && { maximumRetryAttempts }),
        ...(maximumEventAgeSeconds !== undefined && { maximumEventAgeSeconds }),
      },
      place: properties.placeOf('FunctionName'),
    });
  },
};

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
