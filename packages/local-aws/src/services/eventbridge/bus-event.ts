import { isObject } from '../../endpoint/json.ts';
import { AwsError, type JsonObject } from '../../endpoint/api.ts';
import { defaultBusName } from './model.ts';

/** An event as rules see it, its members in AWS's order (EventBridge User Guide, "Event structure reference"). */
export type BusEvent = {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  /** 12 digits. */
  readonly account: string;
  /** `2026-01-01T00:00:00Z`, without milliseconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: JsonObject;
};

/** An entry of PutEvents. `Time` is seconds since the epoch. */
export interface PutEntry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly EventBusName?: string;
  readonly Resources?: readonly string[];
  readonly Time?: unknown;
  readonly TraceHeader?: string;
}

/** Where and when an event comes up. */
interface Origin {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

/** What became of an entry: the event, or the error that its place in the answer names. */
export type EntryOutcome = BusEvent | { readonly ErrorCode: string; readonly ErrorMessage: string };

const missing = (name: string): EntryOutcome => ({
  ErrorCode: 'InvalidArgument',
  ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
});

/**
 * The event of an entry. An entry that will not do has an error of its own, and the others go on (API reference of
 * PutEvents). The texts about missing members and about `Detail` are recorded (LocalStack, test_events.py:
 * test_put_events_without_source and its neighbours). The text about a source of AWS is that of moto, and no recording
 * of it was found.
 */
export function readEntry(entry: PutEntry, { id, account, region, nowMs }: Origin): EntryOutcome {
  const { Source: source, DetailType: detailType, Detail: text, Resources: resources = [], Time: time } = entry;
  if (source === undefined || source === '') return missing('Source');
  if (source.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  if (detailType === undefined || detailType === '') return missing('DetailType');
  if (text === undefined || text === '') return missing('Detail');
  const detail = parseDetail(text);
  if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  const atMs = typeof time === 'number' ? time * 1000 : nowMs;
  if (Math.abs(atMs) > 8.64e15) {
    throw new AwsError('SerializationException', `${String(time)} is no time.`);
  }
  return {
    version: '0',
    id,
    'detail-type': detailType,
    source,
    account,
    time: timeText(atMs),
    region,
    resources,
    detail,
  };
}

/** To the second, as in the envelope. */
export function timeText(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** `Detail` must be a JSON object (API reference of PutEventsRequestEntry). */
function parseDetail(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What a schedule puts onto the default bus (EventBridge User Guide, "Scheduled events"). */
export function scheduledEvent(ruleArn: string, { id, account, region, nowMs }: Origin): BusEvent {
  return {
    version: '0',
    id,
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account,
    time: timeText(nowMs),
    region,
    resources: [ruleArn],
    detail: {},
  };
}

/**
 * What the entry counts in bytes: 14 for the time, and the texts in UTF-8 (EventBridge User Guide, "Calculating PutEvents
 * event entry size").
 */
export function entryBytes({ Source, DetailType, Detail, Resources = [], Time }: PutEntry): number {
  const texts = [Source ?? '', DetailType ?? '', Detail ?? '', ...Resources];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), Time === undefined ? 0 : 14);
}

/** The name of a bus that a client gives by name or ARN. */
export function busNameOf(nameOrArn: string | undefined): string {
  if (nameOrArn === undefined || nameOrArn === '') return defaultBusName;
  return nameOrArn.startsWith('arn:') ? (nameOrArn.split(':event-bus/')[1] ?? nameOrArn) : nameOrArn;
}
