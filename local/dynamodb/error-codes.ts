import { LocalRuntimeError } from '../errors.ts';
import type { Place } from '../errors.ts';

/** Every code that running the tables of a model can end with, and what it means. */
const dynamodbErrorCodes = {
  TABLES_NOT_STARTED: 'The process that holds the tables did not start.',
  TABLE_REFUSED: 'DynamoDB would not create a table like this.',
  TABLE_CHANGED: "A running table's keys or indexes cannot be changed.",
} as const;

export type DynamodbErrorCode = keyof typeof dynamodbErrorCodes;

/** The only way this folder makes an error for the person at the terminal. */
export function dynamodbError(
  code: DynamodbErrorCode,
  message: string,
  remedy: string,
  place: Place = {},
): LocalRuntimeError {
  return new LocalRuntimeError(code, message, remedy, place);
}
