import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Metafile } from 'esbuild';
import { bundleFunction, type FunctionName } from '../../lib/bundle-function.ts';
import { startLocalTable, tableName } from './local-table.ts';
import { functionNames as names, metafileOf } from './metafiles.ts';
import { goodBody, sqsEvent } from './sqs-event.ts';

const directories: string[] = [];

afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true });
});

function bundle(name: FunctionName): string {
  const directory = mkdtempSync(join(tmpdir(), 'bundle-'));
  directories.push(directory);
  bundleFunction(name, directory);
  return directory;
}

function filesOf(directory: string): readonly (readonly [string, string])[] {
  return readdirSync(directory).map((file) => [file, readFileSync(join(directory, file), 'utf8')]);
}

const metafiles = Object.fromEntries(names.map((name) => [name, metafileOf(name)])) as Record<FunctionName, Metafile>;

/** The packages whose code is read when the bundle is loaded: those of its entry and of what that imports at once. */
function packagesLoadedAtStart({ outputs }: Metafile): ReadonlySet<string> {
  const loaded = new Set<string>();
  const pending = Object.keys(outputs).filter((path) => outputs[path]!.entryPoint?.endsWith('/handler.ts') ?? false);
  for (const path of pending) {
    for (const input of Object.keys(outputs[path]!.inputs)) {
      const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
      if (name !== undefined) loaded.add(name);
    }
    const next = outputs[path]!.imports.filter(
      ({ kind, external }) => kind === 'import-statement' && external !== true,
    );
    pending.push(...next.map((imported) => imported.path).filter((imported) => !pending.includes(imported)));
  }
  return loaded;
}

describe('the bundle', () => {
  test.each(names)('of %s is an ES module that exports its handler', (name) => {
    const entry = Object.values(metafiles[name].outputs).find(({ entryPoint }) => entryPoint?.endsWith('/handler.ts'));
    expect(entry?.exports).toEqual(['handler']);
  });

  test.each(names)('of %s needs nothing but Node, apart from credential providers that no function asks', (name) => {
    const imports = Object.values(metafiles[name].outputs).flatMap((output) => output.imports);
    const missing = imports.filter(({ external, path }) => external === true && !path.startsWith('node:'));
    expect(
      missing.filter(({ kind, path }) => kind !== 'dynamic-import' || !path.includes('credential-provider')),
    ).toEqual([]);
  });

  test.each(names)('of %s does without ajv', (name) => {
    expect(Object.keys(metafiles[name].inputs).filter((path) => path.includes('node_modules/ajv/'))).toEqual([]);
  });

  test.each(['process-orders', 'failed-orders'] as const)(
    'of %s loads one SDK at start, for the table, and that for the queue when an order fails',
    (name) => {
      const clients = [...packagesLoadedAtStart(metafiles[name])].filter((path) => path.includes('/client-'));
      expect(clients).toEqual(['@aws-sdk/client-dynamodb']);
      const inputs = Object.keys(metafiles[name].inputs);
      expect(inputs.some((path) => path.includes('@aws-sdk/client-sqs/'))).toBe(true);
    },
  );

  test('is the same wherever it is made, so that the asset’s hash is', () => {
    const [here, there] = [bundle('failed-orders'), bundle('failed-orders')];
    expect(filesOf(here)).toEqual(filesOf(there));
    expect(JSON.parse(readFileSync(join(here, 'index.mjs.map'), 'utf8'))).toMatchObject({
      sources: expect.arrayContaining(['../lambdas/failed-orders/handler.ts']) as unknown,
    });
  });

  test('keeps the names of errors, which Lambda logs as their type', () => {
    const code = readFileSync(join(bundle('process-orders'), 'index.mjs'), 'utf8');
    expect(code).toMatch(/static\{\w+\(this,"BatchFailedError"\)\}/);
  });

  test('of process-orders handles good orders without the files it imports dynamically', async () => {
    await using table = await startLocalTable();
    const directory = bundle('process-orders');
    const files = readdirSync(directory);
    const loaded = loadedAtStart(directory);
    for (const file of files) if (!loaded.has(file)) rmSync(join(directory, file));
    expect(loaded.size).toBeLessThan(files.length / 2);
    const program = `
      const { handler } = await import(${JSON.stringify(join(directory, 'index.mjs'))});
      const response = await handler(${JSON.stringify(sqsEvent([goodBody]))}, { getRemainingTimeInMillis: () => 10_000 });
      process.stdout.write('\\n' + JSON.stringify(response));`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      env: {
        AWS_ENDPOINT_URL: table.endpoint,
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        ORDERS_QUEUE_URL: 'http://127.0.0.1/queue',
        ORDERS_TABLE_NAME: tableName,
        PARTIAL_BATCH_RESPONSES: 'true',
        RETRY_BASE_SECONDS: '2',
        RETRY_CAP_SECONDS: '300',
        LOG_CUSTOMER_NAMES: 'false',
      },
    });
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect(stderr).toBe('');
    expect(stdout.split('\n').at(-1)).toBe('{"batchItemFailures":[]}');
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
