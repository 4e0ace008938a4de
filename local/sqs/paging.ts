import type { JsonObject } from '../endpoint/service.ts';
import { optionalInteger, optionalString } from './operation-input.ts';
import { invalidParameterValue } from './sqs-errors.ts';

const pageLimit = 1_000;

export const pageInput = { MaxResults: 'integer', NextToken: 'string' } as const;

/**
 * One page of `items`. A token comes back only when the caller set `MaxResults` and there is more; without it the
 * first 1,000 are all there is (API reference of ListQueues).
 */
export function page<Item>(items: readonly Item[], input: JsonObject): { items: readonly Item[]; next: JsonObject } {
  const words = `MaxResults must be an integer between 1 and ${pageLimit}.`;
  const maxResults = optionalInteger(input, 'MaxResults', { min: 1, max: pageLimit, words });
  const token = optionalString(input, 'NextToken');
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64').toString());
  if (!Number.isSafeInteger(start) || start < 0) {
    throw invalidParameterValue('Invalid or expired next token.');
  }
  const end = start + (maxResults ?? pageLimit);
  const hasMore = maxResults !== undefined && end < items.length;
  return {
    items: items.slice(start, end),
    next: hasMore ? { NextToken: Buffer.from(String(end)).toString('base64') } : {},
  };
}
