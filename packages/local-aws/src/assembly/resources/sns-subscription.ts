import { assemblyError } from '../error-codes.ts';
import { generatedName } from '../physical-names.ts';
import type { ResourceType } from '../resource-type.ts';

const noDelivery = 'There is no SNS, so nothing is delivered.';

/** `AWS::SNS::Subscription`: skipped where it only tells people, refused where it would feed a queue or a function. */
export const snsSubscription: ResourceType = {
  reads: ['Protocol'],
  ignores: {
    DeliveryPolicy: noDelivery,
    Endpoint: noDelivery,
    FilterPolicy: noDelivery,
    FilterPolicyScope: noDelivery,
    RawMessageDelivery: noDelivery,
    RedrivePolicy: noDelivery,
    Region: noDelivery,
    ReplayPolicy: noDelivery,
    SubscriptionRoleArn: noDelivery,
    TopicArn: noDelivery,
  },
  refuses: {},

  identify({ stack, logicalId }) {
    const name = generatedName(stack, logicalId, 255);
    return { physicalId: name, attributes: {} };
  },

  declare({ stack, logicalId, type, properties }, _identity, draft) {
    const protocol = properties.requiredText('Protocol');
    if (protocol === 'sqs' || protocol === 'lambda') {
      throw assemblyError(
        'RESOURCE_UNSUPPORTED',
        `The subscription would feed ${protocol === 'sqs' ? 'a queue' : 'a function'} from SNS, which is not here.`,
        'Send to the queue directly, and leave the subscription out for local use.',
        { stack, logicalId },
      );
    }
    draft.skipped.push({ stack, logicalId, type, reason: noDelivery });
  },
};
