import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClock } from '../../../local/clock.ts';
import { findFailed } from '../../../ops/ledger/find-failure.ts';
import { createContext } from '../../../ops/orders/context.ts';
import { TemporaryFolder } from '../../../ops/temporary-folder.ts';
import { attributeValues } from '../../../shared/attribute-value.ts';
import { bodyPieceKey } from '../../../shared/orders-table.ts';
import { documentOf, documentsOf, ordersIo } from './collected-io.ts';
import { type ServedPipeline, servePipeline } from './served-pipeline.ts';

let pipeline: ServedPipeline;

beforeAll(async () => {
  pipeline = await servePipeline();
});
afterAll(async () => {
  await pipeline[Symbol.asyncDispose]();
});

const run = (...args: readonly string[]) => pipeline.orders(args);

async function losePieceOf(id: string): Promise<void> {
  using context = createContext(ordersIo({ env: pipeline.env }).io, { stack: 'OrderPipeline', local: true });
  const { client, name } = await context.table();
  const row = await findFailed({ client, name, clock: systemClock, random: () => 0 }, id);
  if ('body' in row) throw new Error('The body is not in pieces.');
  const Key = attributeValues(bodyPieceKey(row.orderKey, row.bodyHash, 0));
  await client.send(new DeleteItemCommand({ TableName: name, Key }));
}

const damaged = expect.objectContaining({
  label: 'torn',
  reason: expect.stringMatching(/^cannot be read: The body of/),
});
const set = ['--set', '/customerAddress=1 Main Street'];

test('a damaged failure stops no command for many, is named where it is left out, and can be purged', async () => {
  const note = 'x'.repeat(400_000);
  const bodies = [{ orderId: 'torn', note }, { orderId: 'whole' }].map((order) =>
    JSON.stringify({ customerName: 'Ada', items: [], ...order }),
  );
  await pipeline.orders(['send', '-', '--unchecked'], { stdin: bodies.join('\n') });
  await run('status', '--wait');
  await losePieceOf('torn');
  const [listed] = documentsOf<{ cause: string }>(await run('failed', '--list', '--json'));

  expect(documentOf(await run('check', '--json'))).toMatchObject({ checked: 1, leftOutBecause: [damaged] });
  const found = await run('failed', '--search', 'Ada');
  expect(found.stderr).toMatch(/^left out: torn cannot be read/);
  expect(found.stdout).toContain('whole');
  const patched = await run('patch', '--cause', listed!.cause, ...set, '--yes', '--json');
  expect(documentOf(patched)).toMatchObject({ patched: 1, leftAloneBecause: [damaged], untouched: 0 });
  const replayed = await run('replay', '--all', '--yes', '--json');
  expect(documentOf(replayed)).toMatchObject({ replayed: 1, unmarked: 0, leftOutBecause: [damaged], untouched: 0 });

  // Asked for alone, it is an error; only its story can be told.
  const alone = await run('edit', 'torn', ...set);
  expect(alone).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('The body of order torn is damaged') });
  expect((await run('show', 'torn')).stdout).toContain('The body of order torn is damaged: 1 of 2 pieces');

  using folder = new TemporaryFolder();
  const path = join(folder.path, 'failures.ndjson');
  const clock = { ...systemClock, now: () => systemClock.now() + 2 * 3_600_000 };
  const purged = await pipeline.orders(['purge', '--before', '1m', '--export', path, '--yes', '--json'], { clock });
  expect(documentOf(purged)).toMatchObject({ exported: 1, damaged: 1, deleted: 1, recent: 0 });
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
    orderKey: 'torn',
    body: null,
    damage: expect.any(String),
  });
  expect(documentOf(await run('failed', '--json'))).toMatchObject({ failed: 0 });
});
