import { cpSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { assemblyFolder, serve as serveAssembly } from '../../src/command/serve.ts';
import { eventually } from '../../src/testing/eventually.ts';
import { RunningCommand } from '../../src/testing/running-command.ts';
import { queueWith, writeAssembly } from '../../src/testing/written-assembly.ts';
import { main } from './other-app.ts';

let folder: string;
let assembly: string;

/** Writes a whole assembly to `assembly`, in the place of what was there. */
function synthesize(resources: object): void {
  const written = writeAssembly({ Photos: { template: { Resources: resources } } });
  rmSync(assembly, { recursive: true, force: true });
  cpSync(written, assembly, { recursive: true });
  rmSync(written, { recursive: true });
}

interface Served extends AsyncDisposable {
  readonly command: RunningCommand;
  readonly url: string;
  readonly sqs: SQSClient;
}

const queue = (seconds: number) => ({ Q: queueWith({ QueueName: 'uploads', VisibilityTimeout: seconds }) });

/** An assembly is several files: a reload may have come of a half of the written assembly, and the whole may follow. */
const timeoutOnce = (served: Served, wanted: string) =>
  eventually(
    () => visibilityTimeout(served),
    (seen) => seen === wanted,
  );

async function visibilityTimeout({ sqs }: Served): Promise<string | undefined> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'uploads' }));
  const request = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['VisibilityTimeout'] });
  return (await sqs.send(request)).Attributes?.['VisibilityTimeout'];
}

/** Starts the command with the assembly on a free port and waits until it serves. */
async function serve(...args: string[]): Promise<Served> {
  const command = new RunningCommand(['node', main, '--assembly', assembly, '--port', '0', ...args]);
  try {
    const [, url = ''] = await command.until(/^ready (\S+)/m);
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const sqs = new SQSClient({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 });
    const dispose = () => {
      sqs.destroy();
      return command[Symbol.asyncDispose]();
    };
    return { command, url, sqs, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await command[Symbol.asyncDispose]();
    throw error;
  }
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assembly-reload-'));
  assembly = join(folder, 'cdk.out');
  synthesize(queue(10));
});

afterEach(() => rmSync(folder, { recursive: true }));

test('takes on what the next synthesis writes, even to a folder made anew', async () => {
  await using served = await serve();
  expect(await visibilityTimeout(served)).toBe('10');
  for (const seconds of [20, 30]) {
    const from = served.command.output.length;
    synthesize(queue(seconds));
    await served.command.until(/^Reloaded in/m, from);
    expect(await timeoutOnce(served, String(seconds))).toBe(String(seconds));
  }
  const template = join(assembly, 'Photos.template.json');
  const refused = served.command.output.length;
  renameSync(template, `${template}.away`);
  writeFileSync(join(assembly, 'manifest.json'), '{"version":"48.0.0",');
  await served.command.until(/^Not reloaded.*\nASSEMBLY_MALFORMED/m, refused);
  expect(await visibilityTimeout(served)).toBe('30');
});

test('with --no-watch goes on with what it started with', async () => {
  await using served = await serve('--no-watch');
  await using witness = await serve();
  synthesize(queue(20));
  await witness.command.until(/^Reloaded in/m);
  expect(await timeoutOnce(witness, '20')).toBe('20');
  expect(await visibilityTimeout(served)).toBe('10');
});

test('a port that was asked for and is taken is an error', async () => {
  await using served = await serve();
  const { port } = new URL(served.url);
  await using second = new RunningCommand(['node', main, '--assembly', assembly, '--port', port]);
  expect(await second.exited).toBe(1);
  expect(second.output).toContain('PORT_TAKEN');
  expect(second.temporaryFiles()).toEqual([]);
});

test('a port that nobody asked for and that is taken is told, with the one in its place', async () => {
  await using served = await serve();
  const port = Number(new URL(served.url).port);
  const stop = new AbortController();
  let output = '';
  const stdout = { isTTY: false, write: (text: string) => (output += text) } as unknown as NodeJS.WriteStream;
  const ended: string[] = [];
  const onReady = () => {
    setImmediate(() => stop.abort());
    return { lines: ['Found by itself.'], [Symbol.dispose]: () => void ended.push('announcement') };
  };
  const source = assemblyFolder(assembly);
  await serveAssembly({ source, port, nextFreePort: true, watch: false, onReady }, stdout, stop.signal);
  const [, other] = /^ready http:\/\/127\.0\.0\.1:(\d+)$/m.exec(output) ?? [];
  expect(Number(other)).toBeGreaterThan(port);
  expect(output).toContain(`\nPort ${port} is taken, so this is port ${other}.\nFound by itself.\n`);
  expect(ended).toEqual(['announcement']);
});

test('a folder without an assembly is one clear message and exit code 1', async () => {
  await using command = new RunningCommand(['node', main, '--assembly', join(folder, 'nowhere')]);
  expect(await command.exited).toBe(1);
  expect(command.output).toContain('ASSEMBLY_NOT_FOUND');
  expect(command.output).not.toContain('    at ');
  expect(command.temporaryFiles()).toEqual([]);
});
