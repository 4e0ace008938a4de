import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exampleOrder } from '../../../shared/order/example-order.ts';
import { messageLimits } from '../../../shared/pipeline.ts';
import { documentOf, documentsOf } from './collected-io.ts';
import { type ServedPipeline, servePipeline } from './served-pipeline.ts';

let pipeline: ServedPipeline;

beforeAll(async () => {
  pipeline = await servePipeline();
});
afterAll(async () => {
  await pipeline[Symbol.asyncDispose]();
});

/** An order of so many bytes. */
function orderOfBytes(bytes: number, orderId: string, more: object = {}): string {
  const order = { ...exampleOrder(0, orderId), ...more };
  const rest = bytes - JSON.stringify({ ...order, note: '' }).length;
  return JSON.stringify({ ...order, note: 'x'.repeat(rest) });
}

const send = (bodies: readonly string[], ...options: readonly string[]) =>
  pipeline.orders(['send', '-', ...options], { stdin: bodies.join('\n') });
const tooLarge = 'the orders queue takes 262,144 (256 KiB)';

test('send takes orders as large as a message may be, and says of a larger one how large it is and what to do', async () => {
  const bodies = [0, 1, 0].map((more, index) => orderOfBytes(messageLimits.bytes + more, `size-${index}`));
  expect(await send(bodies)).toMatchObject({
    exitCode: 1,
    stdout: 'Sent 2 orders. Not sent: 1. Read as NDJSON.\n',
    stderr: `refused: line 2: 262,145 bytes, ${tooLarge}: put the large part into S3, and send an order with its key\n`,
  });
  const settled = await pipeline.orders(['status', '--wait', '--json']);
  expect(documentOf(settled)).toMatchObject({ books: { processed: 2, failed: 0 } });
});

test('edit and patch leave alone what would be too large for its replay', async () => {
  const bad = { customerAddress: undefined };
  const bodies = [
    orderOfBytes(messageLimits.bytes - 10, 'full', bad),
    orderOfBytes(messageLimits.bytes - 1_000, 'roomy', bad),
  ];
  expect(await send(bodies, '--unchecked')).toMatchObject({ exitCode: 0 });
  await pipeline.orders(['status', '--wait']);
  const set = ['--set', '/customerAddress=1 Street'];
  for (const options of [set, [...set, '--dry-run']]) {
    const edited = await pipeline.orders(['edit', 'full', ...options]);
    expect(edited.exitCode).toBe(1);
    expect(edited.stderr).toMatch(/^Failure \S+ would have \d+ bytes with its attributes and its lineage, /);
    expect(edited.stderr).toContain(`${tooLarge}. Nothing was changed.\n`);
  }
  const [listed] = documentsOf<{ cause: string }>(await pipeline.orders(['failed', '--list', '--json']));
  for (const option of ['--dry-run', '--yes']) {
    const patched = await pipeline.orders(['patch', '--cause', listed!.cause, ...set, option, '--json']);
    expect(documentOf(patched)).toMatchObject({
      patched: 1,
      leftAloneBecause: [{ label: 'full', reason: expect.stringContaining(tooLarge) }],
    });
  }
  const replayed = await pipeline.orders(['replay', 'roomy', '--json']);
  expect(documentOf(replayed)).toMatchObject({ replayed: 1 });
});

test('a shorter body makes room again', async () => {
  const shortened = await pipeline.orders([
    'edit',
    'full',
    '--set',
    '/customerAddress=1 Street',
    '--set',
    '/note=short',
  ]);
  expect(shortened).toMatchObject({ exitCode: 0 });
  expect(documentOf(await pipeline.orders(['replay', 'full', '--json']))).toMatchObject({ replayed: 1 });
});
