import { assemblyError } from './error-codes.ts';
import { isJsonObject, shown } from './json.ts';
import { generatedName } from './physical-names.ts';
import type { ResourceType, ResourceTypes } from './resource-type.ts';

const noEvents = 'There is no EventBridge, so the rule never matches.';

/** `AWS::Events::Rule`: refused where it would invoke a function or fill a queue, skipped otherwise. */
const eventsRule: ResourceType = {
  reads: ['Name', 'State', 'Targets'],
  ignores: {
    Description: noEvents,
    EventBusName: noEvents,
    EventPattern: noEvents,
    RoleArn: noEvents,
    ScheduleExpression: noEvents,
    Tags: noEvents,
  },
  refuses: {},
  without: 'What it would invoke or send to waits for you: invoke the function, or send to the queue.',

  identify({ stack, logicalId, environment: { partition, region, accountId }, properties }) {
    const name = properties.text('Name') ?? generatedName(stack, logicalId, 64);
    return { physicalId: name, attributes: { Arn: `arn:${partition}:events:${region}:${accountId}:rule/${name}` } };
  },

  declare({ stack, logicalId, type, properties }, _identity, draft) {
    const services = properties
      .list('Targets')
      .map((target) => isJsonObject(target) && shown(target['Arn']).split(':')[2]);
    if (properties.text('State') !== 'DISABLED' && services.some((name) => name === 'lambda' || name === 'sqs')) {
      throw assemblyError(
        'RESOURCE_UNSUPPORTED',
        'The rule would invoke a function or fill a queue, and there is no EventBridge here.',
        'Invoke the function yourself, and disable the rule or leave it out for local use.',
        { stack, logicalId },
      );
    }
    draft.skip({ stack, logicalId, type, reason: noEvents });
  },
};

/**
 * Types of services that are not here, for which it depends on the resource whether it can be left out. A service that
 * brings one of these types takes its place.
 */
export const absentServicesTypes: ResourceTypes = {
  'AWS::Events::Rule': eventsRule,
};
