import { AwsError } from '../endpoint/aws-error.ts';
import { faultOf } from '../endpoint/protocol.ts';
import type { JsonObject } from '../endpoint/service.ts';
import { batchEntryIdsNotDistinct, emptyBatchRequest, invalidBatchEntryId, tooManyEntries } from './sqs-errors.ts';

const entriesLimit = 10;

/** Checks what AWS refuses a whole batch for: 1 to 10 entries, with valid and distinct ids. */
export function batchEntries(input: JsonObject, entryName: string): JsonObject[] {
  const entries = (Array.isArray(input['Entries']) ? input['Entries'] : []) as JsonObject[];
  if (entries.length === 0) throw emptyBatchRequest(entryName);
  if (entries.length > entriesLimit) throw tooManyEntries(entries.length);
  const ids = new Set<unknown>();
  for (const { Id: id } of entries) {
    if (typeof id !== 'string' || !/^[A-Za-z0-9_-]{1,80}$/.test(id)) throw invalidBatchEntryId();
    if (ids.has(id)) throw batchEntryIdsNotDistinct(id);
    ids.add(id);
  }
  return entries;
}

/** Runs each entry by itself: what one throws goes to `Failed`, the answer is HTTP 200 all the same. */
export function runBatch(entries: readonly JsonObject[], run: (entry: JsonObject) => JsonObject): JsonObject {
  const successful: JsonObject[] = [];
  const failed: JsonObject[] = [];
  for (const entry of entries) {
    try {
      successful.push({ Id: entry['Id'], ...run(entry) });
    } catch (error) {
      failed.push(failedEntry(entry, error));
    }
  }
  return batchAnswer(successful, failed);
}

/** What goes to `Failed` for an entry. Throws what is no `AwsError`: that is a defect of ours. */
export function failedEntry(entry: JsonObject, error: unknown): JsonObject {
  if (!(error instanceof AwsError)) throw error;
  return {
    Id: entry['Id'],
    SenderFault: faultOf(error) === 'Sender',
    Code: error.queryCode,
    Message: error.message,
  };
}

/** As on AWS, a list without entries is absent. */
export function batchAnswer(successful: readonly JsonObject[], failed: readonly JsonObject[]): JsonObject {
  return {
    ...(successful.length > 0 && { Successful: successful }),
    ...(failed.length > 0 && { Failed: failed }),
  };
}
