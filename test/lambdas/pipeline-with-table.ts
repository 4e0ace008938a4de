import { afterAll } from '@jest/globals';
import { startLocalTable } from './local-table.ts';
import { pipelineFunctions } from './pipeline-functions.ts';

/** Both consumers and one table of all tests of a file, which ends with them. */
export async function startPipelineWithTable() {
  const local = await startLocalTable();
  afterAll(async () => {
    await local[Symbol.asyncDispose]();
  });
  return {
    local,
    functions: pipelineFunctions(local.table),
    rowsOf: async (orderKey: string) => (await local.rows()).filter(({ pk }) => pk === `ORDER#${orderKey}`),
  };
}
