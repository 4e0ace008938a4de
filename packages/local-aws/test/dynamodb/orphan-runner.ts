import { ordersTable, startTables } from './running-tables.ts';

/** A runner for tables-process.test.ts to kill: prints its folder and the tables' process, then blocks for ever. */
const { runtime } = await startTables({ Orders: ordersTable });
process.stdout.write(`${await runtime.dynamodb.processId()}\n`, () => {
  for (;;);
});
