import { assemblyError } from '../error-codes.ts';
import { generatedName } from '../physical-names.ts';
import type { ResourceType } from '../resource-type.ts';

const notForwarded = 'Log events are not forwarded.';

/** `AWS::Logs::SubscriptionFilter`: refused where it would invoke a function with log events, skipped otherwise. */
export const logsSubscriptionFilter: ResourceType = {
  reads: ['DestinationArn'],
  ignores: {
    ApplyOnTransformedLogs: notForwarded,
    Distribution: notForwarded,
    EmitSystemFields: notForwarded,
    FieldSelectionCriteria: notForwarded,
    FilterName: notForwarded,
    FilterPattern: notForwarded,
    LogGroupName: notForwarded,
    RoleArn: notForwarded,
  },
  refuses: {},

  identify({ stack, logicalId }) {
    return { physicalId: generatedName(stack, logicalId, 512), attributes: {} };
  },

  declare({ stack, logicalId, type, properties }, _identity, draft) {
    if (properties.requiredText('DestinationArn').split(':')[2] === 'lambda') {
      throw assemblyError(
        'RESOURCE_UNSUPPORTED',
        'The filter would invoke a function with log events, which are not forwarded here.',
        'Leave the filter out when the stack is synthesized for local use.',
        { stack, logicalId },
      );
    }
    draft.skipped.push({ stack, logicalId, type, reason: notForwarded });
  },
};
