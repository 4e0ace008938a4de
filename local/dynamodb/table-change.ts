import { isDeepStrictEqual } from 'node:util';
import type { TableModel } from '../model.ts';

/**
 * What of a running table a new template would change, in words, or undefined when the table can go on. AWS would
 * replace the table for its keys and local indexes, and build or drop global indexes; dynalite can do neither with a
 * table that holds items. Billing and capacity change nothing here.
 */
export function tableChange(running: TableModel, next: TableModel): string | undefined {
  if (!isDeepStrictEqual(keysOf(running), keysOf(next))) return 'its keys';
  if (!isDeepStrictEqual(indexesOf(running.localIndexes), indexesOf(next.localIndexes))) return 'its local indexes';
  if (!isDeepStrictEqual(indexesOf(running.globalIndexes), indexesOf(next.globalIndexes))) return 'its global indexes';
  return undefined;
}

/** Attribute types as well: those of index keys change together with the indexes, so they are left to them. */
function keysOf({ keySchema, attributeTypes }: TableModel) {
  return keySchema.map((key) => ({ ...key, type: attributeTypes[key.attributeName] }));
}

/** By name, since their order in the template means nothing. */
function indexesOf(indexes: TableModel['globalIndexes']) {
  return new Map(
    indexes.map(({ name, keySchema, projectionType, nonKeyAttributes }) => [
      name,
      { keySchema, projectionType, nonKeyAttributes: new Set(nonKeyAttributes) },
    ]),
  );
}
