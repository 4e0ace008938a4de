import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Metafile } from 'esbuild';
import { bundleFunction } from '../../lib/bundle-function.ts';
import { runBundled } from './bundled-function.ts';
import { startLocalTable } from './local-table.ts';
import { entryOf, type FunctionName, functionNames as names, metafileOf } from './metafiles.ts';
import { goodBody, sqsEvent } from './sqs-event.ts';

/**
 * Code that may be read at every cold start: what it was when this was written and a twentieth more, for versions of
 * the SDK. V8 takes about 30 µs for each KB before anything runs.
 */
const budgetsKb: Readonly<Record<FunctionName, number>> = {
  'generate-orders': 280,
  'process-orders': 310,
  'failed-orders': 310,
  'accept-orders': 310,
  'track-orders': 310,
  // SES's endpoints can span regions, and their client brings the rules for that.
  'notify-customers': 500,
};
/** What events add at start: the client of SNS, and XML, which SNS answers. */
const snsBudgetKb = 60;

const directories: string[] = [];

afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true });
});

function bundle(name: FunctionName): string {
  const parent = mkdtempSync(join(tmpdir(), 'bundle-'));
  directories.push(parent);
  // A folder that is not there yet, as the benchmarks have it.
  const directory = join(parent, 'asset');
  bundleFunction(entryOf(name), directory);
  return directory;
}

function filesOf(directory: string): readonly (readonly [string, string])[] {
  return readdirSync(directory).map((file) => [file, readFileSync(join(directory, file), 'utf8')]);
}

const metafiles = Object.fromEntries(names.map((name) => [name, metafileOf(name)])) as Record<FunctionName, Metafile>;

/**
 * The bytes of each package, or file of ours, that are read when the bundle is loaded: its entry and what that imports.
 */
function bytesLoadedAtStart({ outputs }: Metafile): ReadonlyMap<string, number> {
  const bytes = new Map<string, number>();
  const files = new Set(
    Object.keys(outputs).filter((path) => /\/handler[\w-]*\.ts$/.test(outputs[path]!.entryPoint ?? '')),
  );
  for (const file of files) {
    for (const [input, { bytesInOutput }] of Object.entries(outputs[file]!.inputs)) {
      const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? input;
      bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput);
    }
    for (const { path, kind, external } of outputs[file]!.imports) {
      if (kind === 'import-statement' && external !== true) files.add(path);
    }
  }
  return bytes;
}

/** Null, or what to look at: the largest parts of a bundle beyond its budget. */
function overBudget(name: FunctionName): string | null {
  const bytes = [...bytesLoadedAtStart(metafiles[name])].toSorted(([, a], [, b]) => b - a);
  const total = bytes.reduce((sum, [, each]) => sum + each, 0);
  const budget = budgetsKb[name] * 1024;
  if (total <= budget) return null;
  const largest = bytes.slice(0, 12).map(([part, each]) => `${(each / 1024).toFixed(1).padStart(7)} KB  ${part}`);
  return [
    `${name} reads ${(total / 1024).toFixed(1)} KB at start, its budget is ${budgetsKb[name]} KB:`,
    ...largest,
  ].join('\n');
}

test('a bundle does not make a folder again that was removed with its parent', () => {
  const parent = mkdtempSync(join(tmpdir(), 'bundle-'));
  rmSync(parent, { recursive: true });
  expect(() => bundleFunction(entryOf('generate-orders'), join(parent, 'asset'))).toThrow(/ENOENT/);
  expect(existsSync(parent)).toBe(false);
});

test('a handler as lectures and AWS’s examples write it, which imports types like values, is bundled', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'bundle-'));
  directories.push(directory);
  const entry = join(directory, 'handler.ts');
  const handler = `
    import { SQSHandler } from "aws-lambda";
    export const handler: SQSHandler = async (event) => {
      for (const record of event.Records) console.log("Good Order", JSON.parse(record.body));
    };`;
  writeFileSync(entry, handler);
  bundleFunction(entry, directory);
  const bundled = (await import(join(directory, 'index.mjs'))) as { readonly handler: unknown };
  expect(bundled.handler).toBeInstanceOf(Function);
});

describe('the bundle', () => {
  test.each(names)('of %s is an ES module that exports its handler', (name) => {
    const entry = Object.values(metafiles[name].outputs).find(({ entryPoint }) => entryPoint?.endsWith('/handler.ts'));
    expect(entry?.exports).toContain('handler');
  });

  test.each(names)('of %s needs nothing but Node, apart from what no function comes to', (name) => {
    const imports = Object.values(metafiles[name].outputs).flatMap((output) => output.imports);
    const missing = imports.filter(({ external }) => external === true);
    const unused = /credential-provider|^bowser$|^@smithy\/core\/event-streams$/;
    expect(missing.filter(({ kind, path }) => kind !== 'dynamic-import' || !unused.test(path))).toEqual([]);
  });

  test.each(names)('of %s reads no more code at start than its budget allows', (name) => {
    expect(overBudget(name)).toBeNull();
  });

  test.each(names)('of %s does without ajv', (name) => {
    expect(Object.keys(metafiles[name].inputs).filter((path) => path.includes('node_modules/ajv/'))).toEqual([]);
  });

  test.each(['process-orders', 'failed-orders'] as const)(
    'of %s loads one SDK at start, for the table, and that for the queue when an order fails',
    (name) => {
      const clients = [...bytesLoadedAtStart(metafiles[name]).keys()].filter((part) => part.includes('/client-'));
      expect(clients).toEqual(['@aws-sdk/client-dynamodb']);
      const inputs = Object.keys(metafiles[name].inputs);
      expect(inputs.some((path) => path.includes('@aws-sdk/client-sqs/'))).toBe(true);
    },
  );

  test.each(['process-orders', 'failed-orders'] as const)(
    'of %s has the client of SNS only with events, and loads it at start then, as every batch needs it',
    (name) => {
      const inputs = Object.keys(metafiles[name].inputs);
      expect(inputs.filter((path) => path.includes('@aws-sdk/client-sns/'))).toEqual([]);
      const loaded = bytesLoadedAtStart(metafileOf(name, 'handler-with-events'));
      const clients = [...loaded.keys()].filter((part) => part.includes('/client-'));
      expect(clients.toSorted()).toEqual(['@aws-sdk/client-dynamodb', '@aws-sdk/client-sns']);
      const bytes = [...loaded.values()].reduce((sum, each) => sum + each, 0);
      expect(bytes / 1024).toBeLessThan(budgetsKb[name] + snsBudgetKb);
    },
  );

  test('is the same wherever it is made, so that the asset’s hash is', () => {
    const [here, there] = [bundle('failed-orders'), bundle('failed-orders')];
    expect(filesOf(here)).toEqual(filesOf(there));
    expect(JSON.parse(readFileSync(join(here, 'index.mjs.map'), 'utf8'))).toMatchObject({
      sources: expect.arrayContaining(['../lambdas/failed-orders/handler.ts']) as unknown,
    });
  });

  test('keeps the names of errors, which Lambda logs as their type, and names sources in their stacks', async () => {
    const report = await runBundled(bundle('process-orders'), {
      event: sqsEvent(['{']),
      environment: { PARTIAL_BATCH_RESPONSES: 'false' },
    });
    expect(report).toMatchObject({ errorType: 'BatchFailedError' });
    expect(report['stack']).toMatch(/^BatchFailedError: Order without an id .* fails its batch of 1: the body is not/);
    expect(report['stack']).toMatch(/at processWholeBatch \(lambdas\/process-orders\/process-batch\.ts:\d+:\d+\)/);
  });

  test('of process-orders handles good orders without the files it imports dynamically', async () => {
    await using table = await startLocalTable();
    const directory = bundle('process-orders');
    const files = readdirSync(directory);
    const loaded = loadedAtStart(directory);
    const unloaded = files.filter((file) => !loaded.has(file) && !file.endsWith('.map'));
    // Node's own modules that the SDK imports dynamically are files as well.
    const needless = unloaded.filter((file) => !/getBuiltinModule/.test(readFileSync(join(directory, file), 'utf8')));
    expect(needless).not.toEqual([]);
    for (const file of needless) rmSync(join(directory, file));
    const report = await runBundled(directory, {
      event: sqsEvent([goodBody]),
      environment: { AWS_ENDPOINT_URL: table.endpoint },
    });
    expect(report).toEqual({ batchItemFailures: [] });
    expect(await table.rows()).toMatchObject([{ orderKey: 'order-1' }]);
  });
});

/** The files of a bundle that its entry imports, and what those import. */
function loadedAtStart(directory: string): ReadonlySet<string> {
  const loaded = new Set(['index.mjs']);
  for (const file of loaded) {
    const code = readFileSync(join(directory, file), 'utf8');
    for (const [, imported] of code.matchAll(/(?:from|import)"\.\/([^"]+)"/g)) loaded.add(imported!);
  }
  return loaded;
}
