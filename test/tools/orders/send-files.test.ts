import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exampleOrder } from '../../../shared/order/example-order.ts';
import { readOrder } from '../../../shared/order/read-order.ts';
import { documentOf, documentsOf, type OrdersRun, type OrdersSurroundings } from './collected-io.ts';
import { type ServedPipeline, servePipeline } from './served-pipeline.ts';

let pipeline: ServedPipeline;
let folder: string;

beforeAll(async () => {
  pipeline = await servePipeline();
  folder = mkdtempSync(join(tmpdir(), 'orders-files-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await pipeline[Symbol.asyncDispose]();
});

async function run(args: readonly string[], surroundings?: OrdersSurroundings): Promise<OrdersRun> {
  const ended = await pipeline.orders(args, surroundings);
  // A slow machine shows progress.
  return { ...ended, stderr: ended.stderr.replaceAll(/^\d+ s {2}sent .*\n/gm, '') };
}

const send = (stdin: string, ...options: readonly string[]) => run(['send', '-', ...options], { stdin });

/** The cells of a table with one order, each with the place that its column means. */
function cellsOf(value: unknown, place = ''): readonly (readonly [place: string, cell: string])[] {
  if (Array.isArray(value)) return [[place, value.join(';')]];
  if (typeof value !== 'object' || value === null) return [[place, String(value)]];
  return Object.entries(value).flatMap(([name, member]) => cellsOf(member, `${place}/${name}`));
}

function csvOf(order: object): string {
  const cells = cellsOf(order);
  return [cells.map(([place]) => place), cells.map(([, cell]) => cell)].map((row) => `${row.join()}\n`).join('');
}

const pretty = (id: string) => JSON.stringify(exampleOrder(0, id), undefined, 2);

test('orders that stand one after the other are sent up to a mistake, which is named once', async () => {
  const good = ['pre-1', 'pre-2', 'pre-3'].map(pretty).join('\n');
  expect(await send(good)).toEqual({
    exitCode: 0,
    stdout: 'Sent 3 orders. Read as JSON values one after the other.\n',
    stderr: '',
  });
  const next = good.split('\n').length + 1;
  expect(await send(`${good}\n{\n  "orderId": "pre-4",\n}\n`)).toEqual({
    exitCode: 1,
    stdout: 'Sent 3 orders.\n',
    stderr:
      'Stopped before the end of the file.\n' +
      `stdin, line ${next + 2}, column 1: expected a name in double quotes after the comma, found "}".\n` +
      `    }\n    ^\n    Nothing from line ${next} on was sent.\n`,
  });
});

test('of an array with a mistake nothing is sent, not even unchecked', async () => {
  const array = '[\n  {\n    "orderId": "U-1",\n    "customerName": "A",\n    "items": [],\n  }\n]\n';
  for (const options of [[], ['--unchecked']]) {
    expect(await send(array, ...options)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        'stdin, line 6, column 3: expected a name in double quotes after the comma, found "}".\n' +
        '      }\n      ^\n    Nothing of stdin was sent.\n',
    });
  }
});

test('an empty file is told', async () => {
  expect(await send('')).toEqual({
    exitCode: 0,
    stdout: 'Sent 0 orders. There was nothing to send: stdin is empty.\n',
    stderr: '',
  });
});

test('folders, patterns, packed files and tables are sent together, and places name their file', async () => {
  const week = join(folder, 'week');
  mkdirSync(week);
  writeFileSync(join(week, 'a.json'), `[${pretty('week-1')},{"orderId":"week-2"}]`);
  writeFileSync(join(week, 'b.csv'), csvOf(exampleOrder(1, 'week-3')));
  writeFileSync(
    join(week, 'c.ndjson.gz'),
    gzipSync(['week-4', 'week-6'].map((id) => `${JSON.stringify(JSON.parse(pretty(id)))}\n`).join('')),
  );
  writeFileSync(join(folder, 'week-5.json'), pretty('week-5'));
  const { reasons } = readOrder('{}') as { readonly reasons: readonly string[] };
  const sent = await run(['send', week, join(folder, 'week-*.json'), '-'], { stdin: '' });
  expect(sent).toEqual({
    exitCode: 1,
    stdout:
      'Sent 5 orders. Not sent: 1. ' +
      'Read 5 files: 1 as a JSON array, 1 as CSV, 1 as NDJSON, 1 as one JSON value, 1 as an empty file.\n',
    stderr: `not sent: ${join(week, 'a.json')}, order 2: ${reasons.join(', ')}\n`,
  });
  const json = await run(['send', join(week, 'b.csv'), '--json']);
  expect(documentOf(json)).toMatchObject({
    sent: 1,
    stopped: false,
    files: [{ name: join(week, 'b.csv'), kind: 'CSV', orders: 1 }],
  });
});

test('the files behind one that cannot be read on are named', async () => {
  const names = ['unread-1.json', 'unread-2.json', 'unread-3.json'].map((name) => join(folder, name));
  for (const name of names) writeFileSync(name, pretty('unread'));
  writeFileSync(names[1]!, '[{},,]');
  const sent = await run(['send', ...names]);
  expect(sent).toMatchObject({ exitCode: 1, stdout: 'Sent 1 order.\n' });
  expect(sent.stderr).toContain(`Stopped before the end of the files. Not read: ${names[2]}.\n`);
});

test('a file that is not there is a mistake in the command line, before anything is sent', async () => {
  const sent = await run(['send', '-', join(folder, 'gone.json')], { stdin: pretty('never-sent') });
  expect(sent).toMatchObject({ exitCode: 2, stdout: '' });
  expect(sent.stderr).toContain('gone.json cannot be read: ENOENT');
});

test('edit takes what an editor saved with a byte order mark and CRLF, and names what is wrong in a text', async () => {
  const good = exampleOrder(0, 'bom-1');
  await send(JSON.stringify({ ...good, customerAddress: undefined }), '--unchecked');
  await run(['status', '--wait']);
  const editing = (text: string) => {
    writeFileSync(join(folder, 'edited'), text);
    return run(['edit', 'bom-1'], { env: { EDITOR: `cp ${join(folder, 'edited')}` } });
  };
  const spoilt = await editing('\uFEFF{\r\n  "orderId": "bom-1"\r\n  "items": []\r\n}\r\n');
  expect(spoilt.exitCode).toBe(1);
  const [told = '', kept = ''] = spoilt.stderr.split('Your text is kept in ');
  expect(told).toBe(
    'It would fail again: the body is not JSON.\n' +
      '    In your text, line 3, column 3: expected a comma or "}" after the value, found "items".\n' +
      '      "items": []\n      ^\n    Nothing was changed. ',
  );
  rmSync(dirname(kept), { recursive: true });
  const edited = await editing(`\uFEFF${JSON.stringify(good, undefined, 2).replaceAll('\n', '\r\n')}\r\n`);
  expect(edited).toMatchObject({
    exitCode: 0,
    stdout: '  + /customerAddress: "0 Main Street"\nChanged. "npx orders replay bom-1 --local" sends it.\n',
  });
  expect(documentsOf(await run(['failed', '--list', '--json']))).toContainEqual(
    expect.objectContaining({ orderId: 'bom-1' }),
  );
});
