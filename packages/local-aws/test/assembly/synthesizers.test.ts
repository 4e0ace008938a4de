import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  App,
  CliCredentialsStackSynthesizer,
  type IStackSynthesizer,
  LegacyStackSynthesizer,
  Stack,
  Stage,
} from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { readAssembly, type ReadOptions } from '../../src/assembly/read-assembly.ts';
import { endpointUrl } from '../../src/testing/written-assembly.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'synthesizers-'));
  mkdirSync(join(directory, 'handler'));
  writeFileSync(join(directory, 'handler/index.js'), 'exports.handler = async () => 1;');
});

afterAll(() => rmSync(directory, { recursive: true }));

/** An app with a stack `Shop` in each of the stages, or in the app itself. */
function synthesize(
  outdir: string,
  { stages = {}, ...stackProps }: { stages?: Record<string, string>; synthesizer?: IStackSynthesizer },
): string {
  const app = new App({ outdir: join(directory, outdir), context: { 'aws:cdk:bundling-stacks': [] } });
  const scopes = Object.entries(stages).map(([name, region]) => new Stage(app, name, { env: { region } }));
  for (const scope of scopes.length === 0 ? [app] : scopes) {
    const stack = new Stack(scope, 'Shop', stackProps);
    new LambdaFunction(stack, 'Worker', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromAsset(join(directory, 'handler')),
    }).addEventSource(new SqsEventSource(new Queue(stack, 'Work')));
  }
  return app.synth().directory;
}

const read = (assembly: string, options: Partial<ReadOptions> = {}) =>
  readAssembly(assembly, { endpointUrl, codeRoot: join(directory, 'code'), ...options });

function codeOf(assembly: string, options: Partial<ReadOptions> = {}): string | undefined {
  const [fn] = read(assembly, options).functions;
  return fn && readFileSync(join(fn.codeDirectory, 'index.js'), 'utf8');
}

/** The types of the CDK do not agree with `exactOptionalPropertyTypes`. */
const legacy = () => new LegacyStackSynthesizer() as IStackSynthesizer;

const code = 'exports.handler = async () => 1;';

describe('the code of a function is found', () => {
  test.each([
    ['LegacyStackSynthesizer', { synthesizer: legacy() }],
    ['CliCredentialsStackSynthesizer', { synthesizer: new CliCredentialsStackSynthesizer() as IStackSynthesizer }],
    ['LegacyStackSynthesizer, in a stage', { synthesizer: legacy(), stages: { Beta: 'us-east-1' } }],
  ])('with the %s', (name, options) => {
    expect(codeOf(synthesize(name.replaceAll(/\W+/g, '-'), options))).toBe(code);
  });

  test('with the metadata in the manifest, as older versions of the CDK write it', () => {
    const assembly = synthesize('older', { synthesizer: legacy() });
    const manifest = JSON.parse(readFileSync(join(assembly, 'manifest.json'), 'utf8')) as {
      artifacts: { Shop: Record<string, unknown> };
    };
    const metadata: unknown = JSON.parse(readFileSync(join(assembly, 'Shop.metadata.json'), 'utf8'));
    const { additionalMetadataFile: _, ...shop } = manifest.artifacts.Shop;
    const artifacts = { Shop: { ...shop, metadata } };
    writeFileSync(join(assembly, 'manifest.json'), JSON.stringify({ ...manifest, artifacts }));
    expect(codeOf(assembly)).toBe(code);
  });
});

describe('an assembly that was made on Windows', () => {
  test('is read: its paths have backslashes', () => {
    const assembly = synthesize('windows', { stages: { Beta: 'us-east-1' } });
    const folder = join(assembly, 'assembly-Beta');
    const file = join(folder, readdirSync(folder).find((name) => name.endsWith('.assets.json')) ?? '');
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('"../asset.');
    writeFileSync(file, text.replaceAll('"../asset.', String.raw`"..\\asset.`));
    expect(codeOf(assembly)).toBe(code);
  });

  test('without asset staging names files of that machine, and is refused in these words', () => {
    const assembly = synthesize('elsewhere', {});
    const text = readFileSync(join(assembly, 'Shop.assets.json'), 'utf8');
    const elsewhere = text.replaceAll(/"asset\.[^"]*"/g, String.raw`"C:\\app\\handler"`);
    writeFileSync(join(assembly, 'Shop.assets.json'), elsewhere);
    expect(() => read(assembly)).toThrow(String.raw`C:\app\handler is a path of the Windows machine`);
  });
});

describe('an app with stages in two regions', () => {
  const stages = { Beta: 'eu-west-1', Live: 'us-east-1' };

  test('is refused as a whole, and the remedy names what chooses', () => {
    const assembly = synthesize('two-regions', { stages });
    expect(() => read(assembly)).toThrow(expect.objectContaining({ code: 'SEVERAL_ENVIRONMENTS' }));
    expect(() => read(assembly)).toThrow(/eu-west-1 \(Beta\/Shop\), us-east-1 \(Live\/Shop\).*--stack/);
  });

  test.each([
    ['by the name of a stack', { stacks: ['Beta-Shop'] }, 'two-regions', 'eu-west-1'],
    ['by its path in the app', { stacks: ['Live/Shop'] }, 'two-regions', 'us-east-1'],
    ['by a pattern', { stacks: ['Live/*'] }, 'two-regions', 'us-east-1'],
    ['by the folder of a stage', {}, 'two-regions/assembly-Beta', 'eu-west-1'],
  ])('can be served one at a time, %s', (_how, options, folder, region) => {
    const assembly = join(directory, folder);
    expect(read(assembly, options).region).toBe(region);
    expect(codeOf(assembly, options)).toBe(code);
  });
});
