import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exampleOrder, exampleUserX } from '../../../shared/order/example-order.ts';
import type { CauseGroup } from '../../../tools/orders/ledger/failures.ts';
import type { StatusReport } from '../../../tools/orders/status-report.ts';
import { child } from './child-orders.ts';
import { documentOf, documentsOf } from './collected-io.ts';
import { type ServedPipeline, servePipeline } from './served-pipeline.ts';

let pipeline: ServedPipeline;

beforeAll(async () => {
  pipeline = await servePipeline();
});
afterAll(async () => {
  await pipeline[Symbol.asyncDispose]();
});

const run = (...args: readonly string[]) => pipeline.orders(args);

test('many rows are changed only when somebody says yes', async () => {
  const bad = Array.from({ length: 20 }, (_, index) => `{"orderId":"many-${index}"}`).join('\n');
  await pipeline.orders(['send', '-', '--unchecked'], { stdin: bad });
  await run('status', '--wait');
  const { cause } = documentOf<{ causes: CauseGroup[] }>(await run('failed', '--json')).causes[0]!;
  const { orderId: _orderId, ...missing } = exampleOrder(0);
  const set = Object.entries(missing).flatMap(([name, value]) => ['--set', `/${name}=${JSON.stringify(value)}`]);
  const nobody = await run('patch', '--cause', cause, ...set);
  expect(nobody).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('Nobody is there to ask: add --yes') });
  const no = await pipeline.orders(['patch', '--cause', cause, ...set], { answer: 'n' });
  expect(no).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Nothing was changed.') });
  expect(documentOf(await run('check', '--json'))).toMatchObject({ passing: 0 });
  const yes = await pipeline.orders(['patch', '--cause', cause.slice(0, 6), ...set], { answer: 'y' });
  expect(yes.stdout).toMatch(
    /^many-\d+\n {2}\+ \/customerName: "User0"\n[^]*… and 17 more in the same way.\nChanged 20 failures.\n$/,
  );
  expect(yes.stderr).toContain('Change 20 failures of stack OrderPipeline at http://127.0.0.1:');
  expect(documentOf(await run('check', '--json'))).toMatchObject({ passing: 20 });
});

test('Ctrl-C ends a replay between two orders, says how far it came, and the same command goes on', async () => {
  const stopped = await child(['replay', '--local', '--all', '--yes', '--rate', '1', '--json'], {
    env: pipeline.env,
    onStderr: (text, kill) => /replayed [1-9]/.test(text) && kill('SIGINT'),
  });
  const { replayed, untouched } = documentOf<{ replayed: number; untouched: number }>(stopped);
  expect(stopped.exitCode).toBe(130);
  expect(replayed + untouched).toBe(20);
  expect(replayed).toBeGreaterThan(0);
  expect(untouched).toBeGreaterThan(0);
  expect(documentOf<StatusReport>(await run('status', '--wait', '--json')).books.failed).toBe(untouched);
  expect((await run('replay', '--all', '--yes')).stdout).toBe(`Replayed ${untouched} failures.\n`);
  expect(documentOf<StatusReport>(await run('status', '--wait', '--json')).books.failed).toBe(0);
});

test('without --local, endpoint, region and credentials are those of the environment', async () => {
  const credentials = { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any', AWS_REGION: 'us-east-1' };
  const { exitCode, stdout } = await child(['failed', '--json'], { env: { ...pipeline.env, ...credentials } });
  expect({ exitCode, document: JSON.parse(stdout) as unknown }).toEqual({
    exitCode: 0,
    document: { failed: 0, replayed: 0, causes: [] },
  });
});

test('a reader that has seen enough ends a command at once, and without a word', async () => {
  const env = pipeline.env;
  const { exitCode, stdout, stderr } = await child(['logs', '--local', '--follow', '--json'], { env, readsOnce: true });
  expect({ exitCode, stderr }).toEqual({ exitCode: 141, stderr: '' });
  expect(stdout).not.toBe('');
});

test('status --watch and logs --follow go on until they are interrupted', async () => {
  const watching = new AbortController();
  const watched = pipeline.orders(['status', '--watch', '--json'], {
    signal: watching.signal,
    onStdout: () => watching.abort(),
  });
  expect(documentsOf<StatusReport>(await watched)).toMatchObject([{ books: { failed: 0 } }]);
  const following = new AbortController();
  const followed = pipeline.orders(['logs', 'process-orders', '--follow', '--since', '1h'], {
    signal: following.signal,
    onStdout: (text) => text.includes('followed-1') && following.abort(),
  });
  await pipeline.orders(['send', '-'], { stdin: JSON.stringify(exampleOrder(0, 'followed-1')) });
  expect((await followed).stdout).toMatch(/process-orders +[\da-f]{4} +Good Order +orderId=followed-1 /);
});

function* repeated(text: string, count: number): Generator<string> {
  for (let index = 0; index < count; index += 1) yield text;
}

test.each<[string, Iterable<string | Uint8Array>, string]>([
  ['is not UTF-8 any more', [Buffer.from([0xff])], 'is not UTF-8: '],
  ['has a line that no text can hold', repeated(' '.repeat(2 ** 20), 260), 'Write one order a line.'],
])('of a file that somewhere %s, it is told how many orders were sent', async (_what, rest, message) => {
  const good = Array.from({ length: 20 }, (_, id) => `${JSON.stringify(exampleOrder(id, `cut-short-${id}`))}\n`).join(
    '',
  );
  const cutShort = await pipeline.orders(['send', '-'], { stdin: [good, ...rest] });
  expect(cutShort).toMatchObject({ exitCode: 1, stdout: 'Sent 20 orders.\n' });
  expect(cutShort.stderr).toMatch(/^Stopped before the end of the file\.\nstdin [^\n]+\n$/m);
  expect(cutShort.stderr).toContain(message);
});

test('the question of replay says how many it sends, and names what it leaves out', async () => {
  const bad = ['ask-1', 'ask-2'].map((id) => JSON.stringify(exampleUserX(0, id)));
  await pipeline.orders(['send', '-', '--unchecked'], { stdin: bad.join('\n') });
  await run('status', '--wait');
  const none = await pipeline.orders(['replay', '--all'], { answer: 'y' });
  expect(none).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringMatching(/\nNothing was replayed\.\n$/) });
  await run('edit', 'ask-1', '--set', '/customerAddress=B');
  const { exitCode, stderr } = await pipeline.orders(['replay', '--all'], { answer: 'n' });
  expect(stderr).toMatch(
    /^will be left out: ask-2 \(failure [0-9a-f]{8}\) would fail again: \/customerAddress is required$/m,
  );
  expect(stderr).toMatch(
    /\nReplay 1 failure of stack OrderPipeline at http:\S+, and leave out 1\? \[y\/N\] Nothing was replayed/,
  );
  expect(exitCode).toBe(1);
});

test('another stack is not there', async () => {
  const missing = await run('status', '--stack', 'Elsewhere');
  expect(missing).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^There is no stack Elsewhere at http/),
  });
});

// The last one: the producer goes on.
test('generate stops at once when it is interrupted, and says that the producer may go on', async () => {
  const interrupted = new AbortController();
  const unsubscribe = pipeline.events.subscribe(
    (event) =>
      event.type === 'invocation-started' && event.functionName.includes('GenerateOrders') && interrupted.abort(),
  );
  const stopped = await pipeline.orders(['generate', '--count', '1000000'], { signal: interrupted.signal });
  unsubscribe();
  expect(stopped.stderr).toMatch(/^Stopped after 0 orders of 1,000,000; the producer may still send [^\n]+\n$/m);
  expect(stopped.exitCode).toBe(1);
});
