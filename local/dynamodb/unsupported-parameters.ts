import { isObject } from '../endpoint/check-input.ts';
import type { JsonObject } from '../endpoint/service.ts';
import { notImplemented } from '../endpoint/unserved.ts';
import type { OperationName } from './permissions.ts';

/** Whether a parameter's value asks for what is not there. */
type Asks = (value: unknown) => boolean;

const stream: Asks = (value) => isObject(value) && value['StreamEnabled'] === true;
const anything: Asks = (value) => value !== undefined && value !== null;
const indexChange: Asks = (value) =>
  Array.isArray(value) && value.some((update) => isObject(update) && ('Create' in update || 'Delete' in update));

/** What dynalite passes over in silence although the caller would rely on it. */
const unsupported: Partial<Readonly<Record<OperationName, Readonly<Record<string, Asks>>>>> = {
  CreateTable: { ResourcePolicy: anything, StreamSpecification: stream },
  UpdateTable: { GlobalSecondaryIndexUpdates: indexChange, ReplicaUpdates: anything, StreamSpecification: stream },
};

/** Throws `NotImplemented` for a call that dynalite would answer as if it had done what it has not. */
export function refuseUnsupported(operation: OperationName, input: JsonObject): void {
  for (const [parameter, asks] of Object.entries(unsupported[operation] ?? {})) {
    if (asks(input[parameter])) throw notImplemented('dynamodb', `${operation} with ${parameter}`);
  }
}
