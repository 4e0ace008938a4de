import type { JsonObject, Operation } from '../../../endpoint/api.ts';
import type { EventBus } from '../bus-registry.ts';
import { constraint, invalid, notServed } from '../eventbridge-errors.ts';
import { busOf, type EventBridgeContext, page, requiredText, textOf } from '../operation-input.ts';

/** Names of buses (API reference of CreateEventBus). A slash is for buses of partners. */
export function checkBusName(name: string): void {
  if (name.includes('/')) throw invalid("Event bus name must not contain '/'.");
  if (/^[.\-_A-Za-z0-9]{1,256}$/.test(name)) return;
  throw constraint(name, 'name', String.raw`Member must satisfy regular expression pattern: [/\.\-_A-Za-z0-9]+`);
}

/** Makes a custom bus. Throws `ResourceAlreadyExistsException`. */
export function createEventBus({ buses }: EventBridgeContext): Operation {
  return {
    input: { members: { Name: 'string', Description: 'string' } },
    permissions: (input) => [{ action: 'events:CreateEventBus', resource: buses.busArn(textOf(input, 'Name') ?? '') }],
    run(input) {
      const name = requiredText(input, 'Name');
      for (const member of ['EventSourceName', 'DeadLetterConfig', 'KmsKeyIdentifier', 'LogConfig']) {
        if (input[member] !== undefined) throw notServed(`${member} of a bus`, `Leave ${member} out.`);
      }
      checkBusName(name);
      const description = textOf(input, 'Description');
      const { arn } = buses.create(name, description === undefined ? {} : { description });
      return { EventBusArn: arn, ...(description !== undefined && { Description: description }) };
    },
  };
}

/** A bus with rules stays. Throws `ValidationException`. */
export function deleteEventBus({ buses }: EventBridgeContext): Operation {
  return {
    input: { members: { Name: 'string' } },
    permissions: (input) => [{ action: 'events:DeleteEventBus', resource: buses.busArn(busOf(input, 'Name')) }],
    run(input) {
      requiredText(input, 'Name');
      buses.delete(busOf(input, 'Name'));
      return {};
    },
  };
}

/** One bus, the default one when none is named. */
export function describeEventBus({ buses }: EventBridgeContext): Operation {
  return {
    input: { members: { Name: 'string' } },
    permissions: (input) => [{ action: 'events:DescribeEventBus', resource: buses.busArn(busOf(input, 'Name')) }],
    run: (input) => describe(buses.require(busOf(input, 'Name'))),
  };
}

/** All buses, by name. */
export function listEventBuses({ buses }: EventBridgeContext): Operation {
  return {
    input: { members: { NamePrefix: 'string', NextToken: 'string', Limit: 'integer' } },
    permissions: () => [{ action: 'events:ListEventBuses', resource: '*' }],
    run(input) {
      const prefix = textOf(input, 'NamePrefix') ?? '';
      const { items, next } = page(
        buses.all().filter(({ name }) => name.startsWith(prefix)),
        input,
      );
      return { EventBuses: items.map(describe), ...next };
    },
  };
}

function describe({ name, arn, description, policy, createdAtMs }: EventBus): JsonObject {
  return {
    Name: name,
    Arn: arn,
    ...(description !== undefined && { Description: description }),
    ...(policy !== undefined && { Policy: JSON.stringify(policy) }),
    CreationTime: createdAtMs / 1000,
    LastModifiedTime: createdAtMs / 1000,
  };
}
