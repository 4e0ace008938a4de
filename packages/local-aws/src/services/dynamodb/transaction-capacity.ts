import type { JsonObject } from '../../endpoint/api.ts';

type UnitsName = 'ReadCapacityUnits' | 'WriteCapacityUnits';
type Units = Readonly<Record<string, number>>;
type Indexes = Readonly<Record<string, { readonly CapacityUnits: number }>>;

/** `ConsumedCapacity` of one operation that was asked for `INDEXES`, as dynalite answers it. */
export interface Consumed {
  readonly TableName: string;
  readonly CapacityUnits: number;
  readonly Table: { readonly CapacityUnits: number };
  readonly GlobalSecondaryIndexes?: Indexes;
  readonly LocalSecondaryIndexes?: Indexes;
}

const isAsked = ({ ReturnConsumedCapacity: asked }: JsonObject): boolean => asked === 'TOTAL' || asked === 'INDEXES';

/** What to add to the input of a transaction's parts, so that their answers say what they consumed. */
export function askCapacity(input: JsonObject): JsonObject {
  return isAsked(input) ? { ReturnConsumedCapacity: 'INDEXES' } : {};
}

/** Each item is read or written twice: to prepare the transaction, and to commit it. */
const timesEach = 2;

/**
 * The `ConsumedCapacity` of a transaction, a document for each table, as `input` asks for it. `unitsName`: under which
 * name the units stand once more. Source: DynamoDB Developer Guide, "Capacity management for transactions".
 */
export function consumedCapacity(input: JsonObject, consumed: readonly Consumed[], unitsName: UnitsName): JsonObject {
  if (!isAsked(input)) return {};
  const unitsOf = (amounts: readonly number[]): Units => {
    const units = timesEach * amounts.reduce((sum, amount) => sum + amount, 0);
    return { CapacityUnits: units, [unitsName]: units };
  };
  const documents = [...Map.groupBy(consumed, ({ TableName: name }) => name)].map(([name, parts]) => ({
    TableName: name,
    ...unitsOf(parts.map(({ CapacityUnits: units }) => units)),
    ...(input['ReturnConsumedCapacity'] === 'INDEXES' && {
      Table: unitsOf(parts.map(({ Table: { CapacityUnits: units } }) => units)),
      ...indexUnits(parts, 'GlobalSecondaryIndexes', unitsOf),
      ...indexUnits(parts, 'LocalSecondaryIndexes', unitsOf),
    }),
  }));
  return { ConsumedCapacity: documents };
}

function indexUnits(
  parts: readonly Consumed[],
  kind: 'GlobalSecondaryIndexes' | 'LocalSecondaryIndexes',
  unitsOf: (amounts: readonly number[]) => Units,
): JsonObject {
  const entries = parts.flatMap((part) => Object.entries(part[kind] ?? {}));
  if (entries.length === 0) return {};
  const byIndex = [...Map.groupBy(entries, ([name]) => name)];
  const units = byIndex.map(([name, all]) => [name, unitsOf(all.map(([, { CapacityUnits: amount }]) => amount))]);
  return { [kind]: Object.fromEntries(units) as JsonObject };
}
