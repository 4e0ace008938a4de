import { isDeepStrictEqual } from 'node:util';
import database, { type Capacity, type Index, type Item, type Table } from 'dynalite/db/index.js';

/**
 * Lets dynalite count the writes of indexes in `ConsumedCapacity`, which it leaves out. It asks for the capacity of a
 * write and changes the indexes right after, in the same turn: the one knows the answer, the other the table. This
 * relies on the inside of the version in package.json.
 */
export function countIndexWrites(): void {
  const { addConsumedCapacity, updateIndexes } = database;
  let answered: Capacity | undefined;
  database.addConsumedCapacity = (input, isRead, ...items) => {
    const capacity = addConsumedCapacity(input, isRead, ...items);
    answered = isRead ? undefined : capacity;
    return capacity;
  };
  database.updateIndexes = (store, table, before, after, done) => {
    if (answered !== undefined) addIndexes(answered, table, before, after);
    answered = undefined;
    updateIndexes(store, table, before, after, done);
  };
}

function addIndexes(capacity: Capacity, table: Table, before: Item, after: Item): void {
  for (const kind of ['GlobalSecondaryIndexes', 'LocalSecondaryIndexes'] as const) {
    for (const index of table[kind] ?? []) {
      const units = unitsOf(entryOf(index, before, table), entryOf(index, after, table));
      if (units === 0) continue;
      capacity.CapacityUnits += units;
      if (capacity.Table === undefined) continue;
      capacity[kind] = { ...capacity[kind], [index.IndexName]: { CapacityUnits: units } };
    }
  }
}

interface Entry {
  readonly key: string;
  readonly item: Readonly<Record<string, unknown>>;
}

/** What an index holds of an item: its projected attributes. */
function entryOf(index: Index, item: Item, table: Table): Entry | undefined {
  const [put] = database.getIndexActions([index], null, item, table).puts;
  if (put === undefined) return undefined;
  const held = Object.entries(put.item).filter(([, value]) => value !== undefined);
  return { key: put.key, item: Object.fromEntries(held) };
}

/**
 * One write for an entry that comes, goes or changes, two where its key changes, none where it stays as it was. Source:
 * DynamoDB Developer Guide, "Using Global Secondary Indexes", write capacity units.
 */
function unitsOf(before: Entry | undefined, after: Entry | undefined): number {
  if (before === undefined && after === undefined) return 0;
  const [unitsBefore, unitsAfter] = [before, after].map((entry) =>
    entry === undefined ? 0 : database.capacityUnits(entry.item, false),
  ) as [number, number];
  if (before === undefined || after === undefined || before.key !== after.key) return unitsBefore + unitsAfter;
  return isDeepStrictEqual(before.item, after.item) ? 0 : Math.max(unitsBefore, unitsAfter);
}
