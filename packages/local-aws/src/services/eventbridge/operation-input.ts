import type { JsonObject, Shape } from '../../endpoint/api.ts';
import { busNameOf, type BusEvent } from './bus-event.ts';
import type { BusRegistry } from './bus-registry.ts';
import { constraint } from './eventbridge-errors.ts';
import { defaultBusName } from './model.ts';

/** What EventBridge's operations work on. */
export interface EventBridgeContext {
  readonly buses: BusRegistry;
  readonly region: string;
  readonly accountId: string;
  readonly now: () => number;
  /** Sends events to what the rules of a bus say, and tells that they came. */
  readonly route: (busName: string, events: readonly BusEvent[], traceHeader: string | undefined) => void;
  /** To be called after each change of rules: what is scheduled may be another rule now. */
  readonly rulesChanged: () => void;
}

/** A target, as PutTargets takes it. Other members are refused by name when the operation runs. */
export const targetShape: Shape = {
  members: {
    Id: 'string',
    Arn: 'string',
    RoleArn: 'string',
    Input: 'string',
    InputPath: 'string',
    InputTransformer: {
      members: { InputPathsMap: { map: 'string', entry: ['key', 'value'] }, InputTemplate: 'string' },
    },
    SqsParameters: { members: { MessageGroupId: 'string' } },
    RetryPolicy: { members: { MaximumRetryAttempts: 'integer', MaximumEventAgeInSeconds: 'integer' } },
    DeadLetterConfig: { members: { Arn: 'string' } },
  },
};

/** Undefined when absent. */
export function textOf(input: JsonObject, name: string): string | undefined {
  const value = input[name];
  return typeof value === 'string' ? value : undefined;
}

/** Throws `ValidationException` when absent or empty. `path` is the member as AWS's checks write it. */
export function requiredText(input: JsonObject, name: string): string {
  const text = textOf(input, name);
  const path = name.charAt(0).toLowerCase() + name.slice(1);
  if (text === undefined) throw constraint('null', path, 'Member must not be null');
  if (text === '') throw constraint('', path, 'Member must have length greater than or equal to 1');
  return text;
}

/** The bus that the input names by name or ARN; the default bus when it names none. */
export function busOf(input: JsonObject, name = 'EventBusName'): string {
  return busNameOf(textOf(input, name));
}

/** Of rules, on which most actions need permission. */
export function ruleArnOf({ buses }: EventBridgeContext, input: JsonObject, name: string): string {
  return buses.ruleArn(busOf(input) || defaultBusName, textOf(input, name) ?? '');
}

/** Of lists (API reference of ListRules: at most 100). */
const pageSize = 100;

/** The page that `NextToken` and `Limit` ask for, and the token of the next one. */
export function page<Item>(items: readonly Item[], input: JsonObject): { items: readonly Item[]; next: JsonObject } {
  const text = Buffer.from(textOf(input, 'NextToken') ?? '', 'base64').toString();
  const start = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  const { Limit: limit = pageSize } = input;
  const end = start + Math.min(Math.max(1, Number(limit)), pageSize);
  const next = end < items.length ? { NextToken: Buffer.from(String(end)).toString('base64') } : {};
  return { items: items.slice(start, end), next };
}
