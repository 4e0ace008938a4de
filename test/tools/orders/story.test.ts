import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  CloudWatchLogsClient,
  DescribeQueryDefinitionsCommand,
  GetQueryResultsCommand,
  StartQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { idPlaceholder } from '../../../lib/monitoring/own-telemetry.ts';
import type { Order } from '../../../shared/order/order.generated.ts';
import { exampleOrder } from '../../../shared/order/example-order.ts';
import { readOrder } from '../../../shared/order/read-order.ts';
import { logMessages } from '../../../shared/telemetry.ts';
import type { CauseGroup } from '../../../tools/orders/ledger/failures.ts';
import type { ExportedFailure } from '../../../tools/orders/ledger/purge.ts';
import type { StatusReport } from '../../../tools/orders/status-report.ts';
import { pipelineNames } from '../../../tools/run/local-pipeline.ts';
import { Command } from '../run/serve/served.ts';
import { documentOf, documentsOf } from './collected-io.ts';
import { type ServedPipeline, servePipeline } from './served-pipeline.ts';

let pipeline: ServedPipeline;
const folder = mkdtempSync(join(tmpdir(), 'orders-story-'));

/** Lines in which a function says that it must try again: on a busy machine the table may answer too late. */
const retried: string[] = [];

beforeAll(async () => {
  pipeline = await servePipeline();
  const { processOrders, failedOrders } = pipelineNames(pipeline.runtime.model);
  pipeline.events.subscribe((event) => {
    if (event.type !== 'log') return;
    const { functionName, message } = event;
    if (functionName === processOrders && message.includes(logMessages.orderNotProcessed))
      retried.push('process-orders');
    if (functionName === failedOrders && message.includes(logMessages.failureNotRecorded))
      retried.push('failed-orders');
  });
});
afterAll(async () => {
  await pipeline[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

interface Life {
  readonly state: string;
  readonly events: readonly { readonly at: string; readonly event: string; readonly messageId?: string }[];
}

const run = (...args: readonly string[]) => pipeline.orders(args);
const settled = async (sent: number) =>
  documentOf<StatusReport>(await run('status', '--wait', '--sent', String(sent), '--json'));
const causes = async () => documentOf<{ readonly causes: readonly CauseGroup[] }>(await run('failed', '--json')).causes;
const idsOf = async (cause: string) =>
  documentsOf<{ orderKey: string }>(await run('failed', '--cause', cause, '--json')).map(({ orderKey }) => orderKey);

/** What puts a cause right: the property that is missing or wrong, as a good order has it. */
function remedyOf({ reasons }: CauseGroup): string {
  const [, property = ''] = /^\/(\w+)/.exec(reasons[0]!) ?? [];
  const good: Order = { ...exampleOrder(0), customerEmail: 'user0@example.com' };
  return `/${property}=${JSON.stringify(good[property])}`;
}

test('generate, see the causes, mend group by group, check, replay: no failure is left, and the books balance', async () => {
  const generated = await run('generate', '--count', '300', '--bad-rate', '0.2', '--seed', '7');
  expect(generated).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Sent 300 orders.') });
  expect(await settled(300)).toMatchObject({
    books: { processed: 240, failed: 60, inFlight: 0, parked: 0, accountedFor: 300 },
    balanced: true,
    functionErrors: {
      'generate-orders': 0,
      'process-orders': retried.filter((name) => name === 'process-orders').length,
      'failed-orders': retried.filter((name) => name === 'failed-orders').length,
    },
  });

  const found = await causes();
  expect(found.reduce((sum, { count }) => sum + count, 0)).toBe(60);
  expect(documentOf(await run('check', '--json'))).toMatchObject({ checked: 60, passing: 0, failing: 60 });

  for (const group of found.filter(({ kind }) => kind === 'invalid')) {
    const patched = await run('patch', '--cause', group.cause, '--set', remedyOf(group), '--yes', '--json');
    expect(documentOf(patched)).toMatchObject({ patched: group.count, leftAlone: 0, untouched: 0 });
    expect(documentOf(await run('check', '--cause', group.cause, '--json'))).toMatchObject({ failing: 0 });
  }

  // Those cut off in the middle are no JSON: one by one, in an editor.
  const cutOff = found.find(({ kind }) => kind === 'not-json');
  const sound = join(folder, 'sound.json');
  writeFileSync(sound, JSON.stringify({ ...exampleOrder(0), orderId: undefined }));
  for (const id of await idsOf(cutOff!.cause)) {
    const edited = await pipeline.orders(['edit', id, '--json'], { env: { EDITOR: `cp ${sound}` } });
    expect(documentOf(edited)).toMatchObject({ edited: true, passes: true });
  }

  const checked = await run('check');
  expect(checked).toMatchObject({ exitCode: 0, stdout: '60 of 60 failures would pass now.\n' });
  const rehearsed = await run('replay', '--all', '--dry-run');
  expect(rehearsed).toMatchObject({ exitCode: 0, stdout: 'Would replay 60 failures.\n' });
  const replayed = await run('replay', '--all', '--yes');
  expect(replayed).toMatchObject({ exitCode: 0, stdout: 'Replayed 60 failures.\n' });

  expect(await settled(300)).toMatchObject({
    books: { processed: 300, failed: 0, inFlight: 0, accountedFor: 300 },
    replayed: 0,
    balanced: true,
  });
  expect((await run('failed')).stdout).toBe('No failures.\n');
});

describe('after the story', () => {
  let failing: string;

  test('send names invalid orders by their line and sends the others', async () => {
    const file = join(folder, 'orders.ndjson');
    const { reasons } = readOrder('{}') as { readonly reasons: readonly string[] };
    writeFileSync(file, `${JSON.stringify(exampleOrder(0, 'sent-1'))}\n\n{"orderId":"sent-2"}\nnot json\n`);
    const sent = await run('send', file);
    expect(sent.stderr).toBe(
      `not sent: line 3: ${reasons.join(', ')}\n` +
        'not sent: line 4: the body is not JSON: column 1, expected a JSON value, found "not"\n',
    );
    expect(sent).toMatchObject({ exitCode: 1, stdout: 'Sent 1 order. Not sent: 2. Read as NDJSON.\n' });
    expect(await settled(301)).toMatchObject({ balanced: true });
  });

  test('send --unchecked sends everything, a pretty-printed order from stdin, too', async () => {
    const bad = JSON.stringify({ ...exampleOrder(0, 'life-1'), customerAddress: undefined, number: 1 }, undefined, 2);
    const sent = await pipeline.orders(['send', '-', '--unchecked', '--json'], { stdin: `\n${bad}\n` });
    expect(documentOf(sent)).toMatchObject({ sent: 1, invalid: 0, refused: 0 });
    expect(await settled(302)).toMatchObject({ books: { failed: 1 }, balanced: true });
    failing = 'life-1';
    expect((await run('failed')).stdout).toMatch(/^1 failure, 1 cause: \/customerAddress is required\n/);
  });

  test('edit refuses what would fail again, and shows the difference of what it changes', async () => {
    const refused = await run('edit', failing, '--set', '/customerAddress=3');
    expect(refused).toMatchObject({ exitCode: 1, stdout: '  + /customerAddress: 3\n' });
    expect(refused.stderr).toBe('It would fail again: /customerAddress must be a string. Nothing was changed.\n');
    const spoilt = join(folder, 'spoilt.json');
    writeFileSync(spoilt, '{"customerName": ""}');
    const { stderr } = await pipeline.orders(['edit', failing], { env: { EDITOR: `cp ${spoilt}` } });
    const [, kept = ''] = /Your text is kept in (.+)\.\n$/.exec(stderr) ?? [];
    expect(readFileSync(kept, 'utf8')).toBe('{"customerName": ""}');
    rmSync(dirname(kept), { recursive: true });
    const nobody = await pipeline.orders(['edit', failing]);
    expect(nobody).toMatchObject({
      exitCode: 2,
      stderr: 'There is no terminal for an editor: change fields with --set.\n',
    });
    const edited = await run('edit', failing, '--set', '/customerAddress="3"', '--set', '/items/-=tea');
    expect(edited.stdout).toBe(
      '  + /items/1: "tea"\n  + /customerAddress: "3"\nChanged. "npx orders replay life-1 --local" sends it.\n',
    );
    expect(edited.exitCode).toBe(0);
  });

  test("show tells an order's whole life in the order of time", async () => {
    expect((await run('replay', failing)).stdout).toBe('Replayed 1 failure.\n');
    await settled(302);
    const shown = documentOf<Life>(await run('show', failing, '--json'));
    expect(shown.state).toBe('processed');
    expect(shown.events.map(({ event }) => event)).toEqual([
      'sent',
      ...Array.from({ length: 5 }, () => 'received'),
      'failed',
      'edited',
      'replayed',
      'processed',
    ]);
    expect(shown.events.map(({ at }) => at)).toEqual(shown.events.map(({ at }) => at).toSorted());
    expect(shown.events[1]).toMatchObject({ receiveCount: 1, outcome: '/customerAddress is required' });
    expect(shown.events[8]).toMatchObject({ by: 'ada' });
    const text = await run('show', failing);
    expect(text.stdout).toMatch(/^Order life-1: processed\n/);
    expect((await run('show', 'nobody')).stderr).toMatch(/^Nothing is known of nobody/);
  });

  test('a failure is shown by its own id, and by that of any message, once its replay has succeeded, too', async () => {
    const byOrder = documentOf<Life>(await run('show', failing, '--json'));
    const messageIds = new Set(byOrder.events.flatMap(({ messageId }) => messageId ?? []));
    expect(messageIds.size).toBe(2);
    for (const id of messageIds) {
      expect(documentOf<Life>(await run('show', id, '--json'))).toEqual({ ...byOrder, id });
    }
    const [failureId = ''] = messageIds;
    const edited = await run('edit', failureId, '--set', '/items/-=tea');
    expect(edited).toMatchObject({ exitCode: 1, stdout: '' });
    expect(edited.stderr).toBe(
      `There is no failure with the id ${failureId} that waits or is on its way. "npx orders failed --list --local" names all ` +
        `that wait, "npx orders show ${failureId} --local" tells whether it has been processed.\n`,
    );
  });

  test('a failure comes back with its reasons when it is replayed unmended, and is never replayed twice by one command', async () => {
    await pipeline.orders(['send', '-', '--unchecked'], { stdin: '{"orderId":"again-1"}' });
    await settled(303);
    const refused = await run('replay', '--all', '--yes');
    expect(refused).toMatchObject({ exitCode: 1, stdout: 'Replayed 0 failures, left out 1.\n' });
    expect(refused.stderr).toMatch(/^left out: again-1 \(failure [0-9a-f]{8}\) would fail again: /);
    expect((await run('replay', '--all', '--yes', '--force')).stdout).toBe('Replayed 1 failure.\n');
    expect(await settled(303)).toMatchObject({ books: { failed: 1 }, replayed: 0 });
    const [failure] = documentsOf(await run('failed', '--list', '--json'));
    expect(failure).toMatchObject({ orderKey: 'again-1', status: 'failed', replayCount: 1 });
    expect((await run('failed', '--search', 'AGAIN-', '--json')).stdout).toContain('"again-1"');
    expect((await run('failed', '--search', 'nowhere')).stdout).toBe('No failures.\n');
  });

  test('purge deletes nothing, and leaves no part of a file, when its export has no room', async () => {
    const file = join(folder, 'half.ndjson');
    const purge = `ulimit -f 0; exec bin/orders purge --local --before 0s --yes --export ${file}`;
    await using command = new Command(['sh', '-c', purge], { env: pipeline.env });
    expect(await command.exited).toBe(1);
    expect(command.output).toMatch(/^EFBIG: .* Raise the limit of file sizes/m);
    expect(existsSync(file)).toBe(false);
    expect((await run('failed')).stdout).toContain('1 failure, 1 cause');
  });

  test('purge deletes what its export holds, and refuses a file that exists', async () => {
    const file = join(folder, 'purged.ndjson');
    writeFileSync(file, '');
    const refused = await run('purge', '--before', '0s', '--export', file, '--yes');
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('exists already') });
    rmSync(file);
    expect(documentOf(await run('purge', '--before', '1d', '--export', file, '--yes', '--json'))).toMatchObject({
      exported: 0,
    });
    const purged = await run('purge', '--before', '0s', '--export', file, '--yes', '--json');
    expect(documentOf(purged)).toMatchObject({ exported: 1, deleted: 1, changedSince: 0 });
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as ExportedFailure)).toMatchObject([
      { orderKey: 'again-1', body: '{"orderId":"again-1"}', replayCount: 1 },
    ]);
    expect((await run('failed')).stdout).toBe('No failures.\n');
  });

  test('the saved queries of the stack find the story in the logs', async () => {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const { url: endpoint } = pipeline.runtime.endpoint;
    const logs = new CloudWatchLogsClient({ endpoint, region: 'us-east-1', credentials });
    const { queryDefinitions = [] } = await logs.send(new DescribeQueryDefinitionsCommand({}));
    expect(queryDefinitions).toHaveLength(4);
    const nowSeconds = Math.floor(Date.now() / 1000);
    for (const { name = '', queryString = '', logGroupNames = [] } of queryDefinitions) {
      const text = queryString.replaceAll(idPlaceholder, 'again-1');
      const times = { startTime: nowSeconds - 3600, endTime: nowSeconds + 60 };
      const { queryId } = await logs.send(new StartQueryCommand({ queryString: text, logGroupNames, ...times }));
      let answer = await logs.send(new GetQueryResultsCommand({ queryId }));
      while (answer.status === 'Running') answer = await logs.send(new GetQueryResultsCommand({ queryId }));
      expect([name, answer.status, answer.results?.length]).toEqual([name, 'Complete', expect.any(Number)]);
      expect(answer.results?.[0]?.length).toBeGreaterThan(1);
    }
    logs.destroy();
  });

  test('status says when the books do not balance', async () => {
    const unbalanced = await run('status', '--sent', '1000');
    expect(unbalanced).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(/✘ sent 1,000, but processed 302 /),
    });
  });
});
