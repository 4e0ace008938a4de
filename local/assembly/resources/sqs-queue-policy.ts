import { generatedName } from '../physical-names.ts';
import { readPolicyDocument } from '../policy-document.ts';
import type { ResourceType } from '../resource-type.ts';

/** `AWS::SQS::QueuePolicy` and `AWS::SQS::QueueInlinePolicy`: who else may use a queue. */
export const sqsQueuePolicy: ResourceType = {
  reads: ['PolicyDocument', 'Queue', 'Queues'],
  ignores: {},
  refuses: {},

  identify({ stack, logicalId }) {
    return { physicalId: generatedName(stack, logicalId, 128), attributes: {} };
  },

  declare({ properties }, _identity, draft) {
    const queue = properties.text('Queue');
    draft.queuePolicies.push({
      queueUrls: queue === undefined ? properties.texts('Queues') : [queue],
      document: readPolicyDocument(properties, 'PolicyDocument'),
      place: properties.placeOf('Queues'),
    });
  },
};
