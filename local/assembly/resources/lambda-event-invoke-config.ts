import { generatedName } from '../physical-names.ts';
import type { ResourceType } from '../resource-type.ts';

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
