import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { bundleFunction } from '../../lib/bundle-function.ts';
import { environmentNames } from '../../shared/pipeline.ts';
import { goodBody, sqsEvent } from '../../test/lambdas/sqs-event.ts';
import { TemporaryFolder } from '../run/synthesize.ts';
import { type Figure, interleaved, median, type Part, roundText } from './report.ts';

const rounds = 21;

/** Median milliseconds of a fresh process: to load a bundle, and until it has dealt with its first order. */
interface ColdStart {
  readonly loadMs: number;
  readonly firstOrderMs: number;
}

/**
 * How long functions take to start, beside an empty function and beside the same function built as in the lecture demo.
 */
export const coldStart: Part = async ({ onProgress, signal }) => {
  using folder = new TemporaryFolder();
  await using endpoint = await startEndpoint();
  const files = writeBundles(folder.path);
  const names = Object.keys(files) as BundleName[];
  const firstOrderMs = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<BundleName, number[]>;
  const measure = async (name: BundleName, round: number) => {
    const start = await startCold(files[name], name, endpoint.url, signal);
    if (round > 0) firstOrderMs[name].push(start.firstOrderMs);
    return start.loadMs;
  };
  const loadMs = await interleaved(
    rounds,
    Object.fromEntries(names.map((name) => [name, (round: number) => measure(name, round)])) as Record<
      BundleName,
      (round: number) => Promise<number>
    >,
    (name, round) => onProgress(`${name}, ${roundText(round, rounds)}`),
  );
  const starts = Object.fromEntries(
    names.map((name) => [name, { loadMs: median(loadMs[name]), firstOrderMs: median(firstOrderMs[name]) }]),
  ) as Record<BundleName, ColdStart>;
  return figures(starts);
};

function figures(starts: Readonly<Record<BundleName, ColdStart>>): readonly Figure[] {
  return [
    ...compared('process-orders', starts['process-orders'], starts['demo-consumer'], 0.35),
    ...compared('failed-orders', starts['failed-orders'], starts['demo-consumer'], 0.35),
    ...compared('generate-orders', starts['generate-orders'], starts['demo-producer'], 0.6),
    {
      id: 'cold-start-floor',
      title: 'cold start: Node’s own modules for HTTPS and signatures',
      value: starts['node-https'].loadMs,
      unit: 'ms',
      detail: `an empty handler ${starts.empty.loadMs.toFixed(1)} ms`,
    },
  ];
}

function compared(name: string, ours: ColdStart, demo: ColdStart, atMost: number): readonly Figure[] {
  return [
    {
      id: `cold-start-${name}`,
      title: `cold start of ${name} to the demo's way, load`,
      value: ours.loadMs / demo.loadMs,
      unit: '',
      bound: { atMost },
      detail: `${ours.loadMs.toFixed(1)} of ${demo.loadMs.toFixed(1)} ms`,
    },
    {
      id: `cold-start-${name}-first-order`,
      title: 'the same with its first order',
      value: ours.firstOrderMs / demo.firstOrderMs,
      unit: '',
      detail: `${ours.firstOrderMs.toFixed(1)} of ${demo.firstOrderMs.toFixed(1)} ms`,
    },
  ];
}

async function startCold(file: string, name: BundleName, url: string, signal: AbortSignal): Promise<ColdStart> {
  const event = name === 'generate-orders' ? { count: 10, seed: 1 } : sqsEvent([goodBody]);
  const child = spawn(process.execPath, ['--input-type=module', '--eval', coldStartProgram], {
    env: {
      ...environment,
      AWS_ENDPOINT_URL: url,
      FILE: file,
      EVENT: JSON.stringify(event),
      [environmentNames.ordersQueueUrl]: `${url}/queue`,
      [environmentNames.badOrdersQueueUrl]: `${url}/queue`,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    signal,
  });
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
  // Its last line: before that stand the function's metrics.
  const report = output.trimEnd().split('\n').at(-1) ?? '';
  const { failed, ...start } = JSON.parse(report) as ColdStart & { readonly failed: boolean };
  if (failed) throw new Error(`${name} failed its order: ${output}.`);
  return start;
}

/** What the stack and Lambda set. */
const environment = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_SESSION_TOKEN: 'bench',
  AWS_LAMBDA_FUNCTION_NAME: 'bench',
  [environmentNames.ordersTableName]: 'orders',
  [environmentNames.partialBatchResponses]: 'true',
  [environmentNames.maxReceiveCount]: '5',
  [environmentNames.retryBaseSeconds]: '2',
  [environmentNames.retryCapSeconds]: '300',
  [environmentNames.logCustomerNames]: 'false',
};

/** Answers every request at once with success: the time of an answer is not measured. */
async function startEndpoint(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const ours = ['process-orders', 'failed-orders', 'generate-orders'] as const;
const demo = ['consumer', 'producer'] as const;

/** `node-https` stands for what no client can do without: Node's own modules for HTTPS and signatures. */
type BundleName = 'empty' | 'node-https' | (typeof ours)[number] | `demo-${(typeof demo)[number]}`;

/** Bundles all that is compared, each into a folder of `directory`. @returns the file of each that holds its handler */
function writeBundles(directory: string): Readonly<Record<BundleName, string>> {
  const files: Partial<Record<BundleName, string>> = {
    empty: writeModule(directory, 'empty', 'export const handler = async () => {};'),
    'node-https': writeModule(
      directory,
      'node-https',
      'process.getBuiltinModule("https"); process.getBuiltinModule("crypto"); export const handler = async () => {};',
    ),
  };
  for (const name of ours) {
    bundleFunction(`lambdas/${name}/handler.ts`, join(directory, name));
    files[name] = join(directory, name, 'index.mjs');
  }
  for (const name of demo) {
    const outfile = join(directory, `demo-${name}`, 'index.js');
    // What CDK's NodejsFunction asks of esbuild when its `bundling` says nothing but that the SDK is to be bundled.
    buildSync({
      entryPoints: [fileURLToPath(new URL(`./demo/${name}.ts`, import.meta.url))],
      bundle: true,
      platform: 'node',
      target: 'node24',
      outfile,
    });
    files[`demo-${name}`] = outfile;
  }
  return files as Record<BundleName, string>;
}

function writeModule(directory: string, name: BundleName, code: string): string {
  mkdirSync(join(directory, name));
  const file = join(directory, name, 'index.mjs');
  writeFileSync(file, code);
  return file;
}

/**
 * What a fresh process runs: it loads the file `FILE` as Lambda does, invokes its handler with `EVENT`, and writes how
 * long that took. A text, because Node would begin a TypeScript file by loading what strips its types.
 */
const coldStartProgram = `
import { createRequire } from 'node:module';

const { FILE: file, EVENT: event } = process.env;
const require = createRequire(import.meta.url);
for (const method of ['info', 'warn', 'error']) console[method] = () => {};

const startedAtMs = performance.now();
const { handler } = file.endsWith('.mjs') ? await import(file) : require(file);
const loadedAtMs = performance.now();
const answer = await handler(JSON.parse(event), { getRemainingTimeInMillis: () => 10_000 });
const answeredAtMs = performance.now();

const failed = answer?.batchItemFailures?.length > 0 || answer?.statusCode >= 400;
process.stdout.write(
  JSON.stringify({ failed, loadMs: loadedAtMs - startedAtMs, firstOrderMs: answeredAtMs - startedAtMs }),
);
process.exit();
`;
