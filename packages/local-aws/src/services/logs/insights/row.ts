import { isObject } from '../../../endpoint/json.ts';

/** A moment, in milliseconds since the epoch. Apart from numbers, because it is shown as a date. */
export class Moment {
  readonly atMs: number;

  constructor(atMs: number) {
    this.atMs = atMs;
  }
}

/** The value of a field or an expression; undefined where a row has none. */
export type Value = string | number | boolean | Moment | undefined;

/** What a query works on: a log event at first, and what commands make of events then. */
export interface Row {
  get(field: string): Value;
}

/** A row with further fields, which hide those of the row below. */
export function rowWith(below: Row | undefined, fields: ReadonlyMap<string, Value>): Row {
  return { get: (field) => (fields.has(field) ? fields.get(field) : below?.get(field)) };
}

/** A log event as a row is made of it. */
export interface QueriedEvent {
  readonly atMs: number;
  readonly streamName: string;
  /** `account:group`. */
  readonly log: string;
  readonly message: string;
  /** What GetLogRecord would take; here it only tells events apart. */
  readonly pointer: string;
}

/**
 * The fields of a log event (CloudWatch Logs User Guide, "Supported logs and discovered fields"): the generated ones,
 * those of a JSON message by their paths (`message.reasons.0`), and those of Lambda's text lines.
 */
export function rowOfEvent(event: QueriedEvent): Row {
  let json: unknown;
  let lambda: ReadonlyMap<string, Value> | undefined;
  return {
    get(field) {
      switch (field) {
        case '@timestamp':
        case '@ingestionTime':
          return new Moment(event.atMs);
        case '@message':
          return event.message;
        case '@logStream':
          return event.streamName;
        case '@log':
          return event.log;
        case '@ptr':
          return event.pointer;
        default:
          if (field.startsWith('@')) return (lambda ??= lambdaFields(event.message)).get(field);
          return jsonValue((json ??= parsed(event.message)), field);
      }
    },
  };
}

function parsed(message: string): unknown {
  const start = message.indexOf('{');
  if (start === -1) return null;
  try {
    return JSON.parse(message.slice(start)) as unknown;
  } catch {
    return null;
  }
}

/** The value at a path of member names and indexes. A member's name may have dots itself. */
function jsonValue(document: unknown, path: string): Value {
  if (typeof document !== 'object' || document === null) return undefined;
  if (Object.hasOwn(document, path)) return shownValue((document as Record<string, unknown>)[path]);
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const name = path.slice(0, dot);
    if (!Object.hasOwn(document, name)) continue;
    const found = jsonValue((document as Record<string, unknown>)[name], path.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Objects and lists are text, as JSON. */
function shownValue(value: unknown): Value {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return isObject(value) || Array.isArray(value) ? JSON.stringify(value) : undefined;
}

const reportFields = {
  '@duration': /\tDuration: ([\d.]+) ms/,
  '@billedDuration': /\tBilled Duration: ([\d.]+) ms/,
  '@initDuration': /\tInit Duration: ([\d.]+) ms/,
} as const;
/** In bytes, as Insights tells them: a megabyte of the line is a million. */
const memoryFields = {
  '@memorySize': /\tMemory Size: (\d+) MB/,
  '@maxMemoryUsed': /\tMax Memory Used: (\d+) MB/,
} as const;

function lambdaFields(message: string): ReadonlyMap<string, Value> {
  const fields = new Map<string, Value>();
  const [, type, requestId] = /^(START|END|REPORT) RequestId: (\S+)/.exec(message) ?? [];
  const [, ofLine] = /^\S+Z\t([0-9a-f-]{36})\t/.exec(message) ?? [];
  if (type !== undefined) fields.set('@type', type);
  if ((requestId ?? ofLine) !== undefined) fields.set('@requestId', requestId ?? ofLine);
  if (type !== 'REPORT') return fields;
  const read = (patterns: Readonly<Record<string, RegExp>>, factor: number) => {
    for (const [field, pattern] of Object.entries(patterns)) {
      const number = pattern.exec(message)?.[1];
      if (number !== undefined) fields.set(field, Number(number) * factor);
    }
  };
  read(reportFields, 1);
  read(memoryFields, 1_000_000);
  return fields;
}

/** A value as text: as results show it, and as comparisons with text see it. */
export function textOf(value: Exclude<Value, undefined>): string {
  if (!(value instanceof Moment)) return String(value);
  return new Date(value.atMs).toISOString().replace('T', ' ').replace('Z', '');
}

/** A value as a number, where it is one: text of digits counts as a number too. */
export function numberOf(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (value instanceof Moment) return value.atMs;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** Orders values: numbers and moments by size, other values as text, and nothing before everything. */
export function compareValues(a: Value, b: Value): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return x - y;
  const [s, t] = [textOf(a), textOf(b)];
  return s === t ? 0 : s < t ? -1 : 1;
}
