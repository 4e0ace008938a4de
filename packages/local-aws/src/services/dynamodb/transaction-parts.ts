import { AwsError, type JsonObject } from '../../endpoint/api.ts';
import { isObject } from '../../endpoint/json.ts';

/** What the tables answer to one operation: a document, or an error's. */
export interface TableAnswer {
  readonly status: number;
  readonly document: JsonObject;
}

/** What an item of a transaction can ask for, and the operation that does it. A check is a deletion that is undone. */
export const operations = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'DeleteItem',
} as const;

export type Member = keyof typeof operations | 'Get';

/** The action that an item of a transaction needs permission for. Source: DynamoDB Developer Guide, "IAM and transactions". */
const iamActions: Readonly<Record<Member, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
};

/** The tables of a transaction with the actions that they need permission for. Takes malformed input, too. */
export function transactionPermissions(input: JsonObject): { readonly action: string; readonly table: unknown }[] {
  const items = Array.isArray(input['TransactItems']) ? (input['TransactItems'] as unknown[]) : [];
  return items.filter(isObject).flatMap((item) =>
    Object.entries(iamActions).flatMap(([member, action]) => {
      const part = item[member];
      return isObject(part) ? [{ action, table: part['TableName'] }] : [];
    }),
  );
}

/** One item of a transaction: `input` is that of the operation. */
export interface Part {
  readonly member: Member;
  readonly input: JsonObject;
}

/** The parts of a transaction: 1 to 100, each one of `members`. */
export function partsOf(input: JsonObject, members: readonly Member[]): Part[] {
  const items = Array.isArray(input['TransactItems']) ? (input['TransactItems'] as unknown[]) : [];
  if (items.length === 0) throw constraint('[]', 'transactItems', 'length greater than or equal to', 1);
  if (items.length > 100) throw constraint('[...]', 'transactItems', 'length less than or equal to', 100);
  return items.map((item, index) => {
    const given = members.filter((member) => isObject(item) && isObject(item[member]));
    const [member] = given;
    if (member === undefined || given.length > 1) {
      throw invalid('TransactItems can only contain one of Check, Put, Update or Delete');
    }
    const part = (item as JsonObject)[member] as JsonObject;
    const needed = { ConditionCheck: 'ConditionExpression', Update: 'UpdateExpression' }[member as string];
    if (needed !== undefined && typeof part[needed] !== 'string') {
      const path = `transactItems.${index + 1}.member.${lowerFirst(member)}.${lowerFirst(needed)}`;
      throw invalid(
        `1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`,
      );
    }
    return { member, input: part };
  });
}

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** A request that is wrong whatever the tables hold. */
export const invalid = (message: string) => new AwsError('ValidationException', message);

/** A member of a request that is outside its limits: `what` is `length less than or equal to`, for example. */
export const constraint = (value: string, path: string, what: string, limit: number) =>
  invalid(
    `1 validation error detected: Value '${value}' at '${path}' failed to satisfy constraint: Member must have ` +
      `${what} ${limit}`,
  );

/** JSON whose members are sorted: the same value is the same text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    isObject(member) ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1))) : member,
  );
}
