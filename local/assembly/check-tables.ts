import type { TableModel } from '../model.ts';
import { refusedByAws } from './error-codes.ts';

/** Refuses what CreateTable would refuse and dynalite lets through: attributes that are no key of anything. */
export function checkTables(tables: readonly TableModel[]): void {
  for (const { stack, logicalId, attributeTypes, keySchema, globalIndexes, localIndexes } of tables) {
    const keys = [keySchema, ...[...globalIndexes, ...localIndexes].map((index) => index.keySchema)].flat();
    const used = new Set(keys.map(({ attributeName }) => attributeName));
    const defined = Object.keys(attributeTypes);
    const unused = defined.find((name) => !used.has(name));
    if (unused === undefined) continue;
    throw refusedByAws(
      'ValidationException',
      `One or more parameter values were invalid: Some AttributeDefinitions are not used. AttributeDefinitions: [${defined.join(', ')}], keys used: [${[...used].join(', ')}]`,
      `Define only attributes that are keys of the table or of an index, and so not ${unused}.`,
      { stack, logicalId, property: '/Properties/AttributeDefinitions' },
    );
  }
}
