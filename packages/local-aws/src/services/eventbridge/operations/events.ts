import { randomUUID } from 'node:crypto';
import type { JsonObject, Operation } from '../../../endpoint/api.ts';
import { matchesPattern, parseObject, type Pattern } from '../../event-pattern/match.ts';
import { busNameOf, entryBytes, type PutEntry, readEntry } from '../bus-event.ts';
import { constraint, invalid, notServed } from '../eventbridge-errors.ts';
import { type EventBridgeContext, requiredText } from '../operation-input.ts';
import { checkPattern } from '../rule.ts';

/** Entries of PutEvents (API reference). */
const mostEntries = 10;

/**
 * Bytes of all entries together. The AWS Compute Blog of 29 January 2026 says 1 MB ("More room to build: serverless
 * services now support payloads up to 1 MB"), and the API reference of PutEvents says 256 KB for an entry. The text is
 * recorded, at 256 KiB in January 2025 (LocalStack, test_put_event_with_too_big_detail).
 */
const mostBytes = 1_048_576;

/**
 * Puts events onto buses. An entry that will not do has an error of its own. An entry for a bus that does not exist
 * counts as taken, and goes nowhere (recorded by LocalStack, test_events.py: test_put_events_nonexistent_event_bus).
 */
export function putEvents({ buses, region, accountId, now, route }: EventBridgeContext): Operation {
  return {
    input: {
      members: {
        Entries: {
          list: {
            members: {
              Source: 'string',
              DetailType: 'string',
              Detail: 'string',
              EventBusName: 'string',
              Resources: { list: 'string' },
              TraceHeader: 'string',
            },
          },
        },
      },
    },
    permissions: (input) =>
      [...new Set(entriesOf(input).map(({ EventBusName }) => busNameOf(EventBusName)))].map((name) => ({
        action: 'events:PutEvents',
        resource: buses.busArn(name),
      })),
    run(input, { traceHeader }) {
      if (input['EndpointId'] !== undefined) throw notServed('global endpoints', 'Leave EndpointId out.');
      const entries = entriesOf(input);
      checkEntries(entries);
      const origin = { account: accountId, region, nowMs: now() };
      const outcomes = entries.map((entry) => ({ entry, outcome: readEntry(entry, { id: randomUUID(), ...origin }) }));
      for (const [busName, own] of Map.groupBy(outcomes, ({ entry }) => busNameOf(entry.EventBusName))) {
        for (const { entry, outcome } of own) {
          if ('id' in outcome) route(busName, [outcome], entry.TraceHeader ?? traceHeader);
        }
      }
      return {
        FailedEntryCount: outcomes.filter(({ outcome }) => !('id' in outcome)).length,
        Entries: outcomes.map(({ outcome }) => ('id' in outcome ? { EventId: outcome.id } : outcome)),
      };
    },
  };
}

function entriesOf({ Entries: entries }: JsonObject): readonly PutEntry[] {
  return (entries ?? []) as readonly PutEntry[];
}

function checkEntries(entries: readonly PutEntry[]): void {
  if (entries.length === 0) {
    throw constraint('[]', 'entries', 'Member must have length greater than or equal to 1');
  }
  if (entries.length > mostEntries) {
    throw constraint(
      '[PutEventsRequestEntry]',
      'entries',
      `Member must have length less than or equal to ${mostEntries}`,
    );
  }
  const bytes = entries.reduce((sum, entry) => sum + entryBytes(entry), 0);
  if (bytes > mostBytes) throw invalid('Total size of the entries in the request is over the limit.');
}

/** Members that an event must have to be tested (API reference of TestEventPattern; it names `resources` too). */
const eventMembers = ['id', 'account', 'source', 'time', 'region', 'resources', 'detail-type'];

/**
 * Whether an event that is given passes a pattern that is given. Throws `InvalidEventPatternException`, and
 * `ValidationException` in AWS's words, which do not say what is wrong with the event (recorded by LocalStack,
 * test_events_patterns.py: test_plain_string_payload, test_array_event_payload, test_invalid_event_payload).
 */
export function testEventPattern(): Operation {
  return {
    input: { members: { EventPattern: 'string', Event: 'string' } },
    permissions: () => [{ action: 'events:TestEventPattern', resource: '*' }],
    run(input) {
      const text = requiredText(input, 'EventPattern');
      const event = parseObject(requiredText(input, 'Event'));
      checkPattern(text);
      if (event === undefined || eventMembers.some((name) => event[name] === undefined)) {
        throw invalid('Parameter Event is not valid.');
      }
      return { Result: matchesPattern(parseObject(text) as Pattern, event) };
    },
  };
}
