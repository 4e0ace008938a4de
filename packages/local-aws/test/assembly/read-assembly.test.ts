import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readAssembly } from '../../src/assembly/read-assembly.ts';
import {
  consumer,
  endpointUrl,
  functionWith,
  queueWith,
  readStacks,
  writeAssembly,
} from '../../src/testing/written-assembly.ts';

const orders = { template: { Resources: { Orders: queueWith({ QueueName: 'orders' }) } } };

describe('the environment of an assembly', () => {
  test('is the given one where stacks are agnostic', () => {
    const model = readStacks({ Shop: orders }, { region: 'eu-central-1', accountId: '111122223333' });
    expect(model).toMatchObject({ region: 'eu-central-1', accountId: '111122223333' });
    expect(model.queues[0]?.arn).toBe('arn:aws:sqs:eu-central-1:111122223333:orders');
    expect(model.stacks[0]?.resources[0]?.physicalId).toBe(`${endpointUrl}/111122223333/orders`);
  });

  test('is that of the stacks where they have one, whatever is given', () => {
    const environment = 'aws://444455556666/cn-north-1';
    const model = readStacks({ Shop: { ...orders, environment } }, { region: 'eu-central-1' });
    expect(model).toMatchObject({ region: 'cn-north-1', accountId: '444455556666' });
    expect(model.queues[0]?.arn).toBe('arn:aws-cn:sqs:cn-north-1:444455556666:orders');
  });

  test('is one: stacks of two regions are refused', () => {
    const stacks = {
      Home: { ...orders, environment: 'aws://444455556666/eu-west-1' },
      Away: { ...orders, environment: 'aws://444455556666/eu-west-2' },
    };
    expect(() => readStacks(stacks)).toThrow(expect.objectContaining({ code: 'SEVERAL_ENVIRONMENTS' }));
    expect(readStacks(stacks, { stacks: ['Away'] })).toMatchObject({ region: 'eu-west-2', stacks: [{ name: 'Away' }] });
  });

  test('has stack ARNs that stay the same', () => {
    const [first, second] = [readStacks({ Shop: orders }), readStacks({ Shop: orders })].map(
      ({ stacks }) => stacks[0]?.arn,
    );
    expect(first).toMatch(/^arn:aws:cloudformation:us-east-1:000000000000:stack\/Shop\/[0-9a-f-]{36}$/);
    expect(second).toBe(first);
  });
});

const other = (QueueName: string) => ({ template: { Resources: { Other: queueWith({ QueueName }) } } });

describe('stacks that were chosen', () => {
  test('are read with those they depend on', () => {
    const stacks = {
      Base: orders,
      Shop: { ...other('shop'), dependencies: ['Base'] },
      Beside: other('beside'),
    };
    const read = readStacks(stacks, { stacks: ['Shop'] });
    expect(read.stacks.map(({ name }) => name)).toEqual(['Base', 'Shop']);
  });

  test('that are not there are an error, which names those there are', () => {
    expect(() => readStacks({ Shop: orders, Beside: other('b') }, { stacks: ['Shops'] })).toThrow(
      expect.objectContaining({ code: 'STACK_NOT_FOUND', remedy: 'Name one of its stacks: Shop, Beside.' }),
    );
  });
});

describe('a cloud assembly on disk', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'assembly-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const read = () => readAssembly(directory, { endpointUrl, codeRoot: join(directory, 'code') });

  test('that is not there, not JSON or without stacks is said so', () => {
    expect(read).toThrow(expect.objectContaining({ code: 'ASSEMBLY_NOT_FOUND' }));
    writeFileSync(join(directory, 'manifest.json'), 'not json');
    expect(read).toThrow(expect.objectContaining({ code: 'ASSEMBLY_MALFORMED' }));
    writeFileSync(join(directory, 'manifest.json'), '{"artifacts":{}}');
    expect(read).toThrow(expect.objectContaining({ code: 'ASSEMBLY_NOT_FOUND' }));
  });

  test('is read with the assemblies of its stages, under their stack names', () => {
    const stage = { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-Beta' } };
    writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ artifacts: { 'assembly-Beta': stage } }));
    mkdirSync(join(directory, 'assembly-Beta'));
    const stack = {
      type: 'aws:cloudformation:stack',
      properties: { stackName: 'Beta-Shop', templateFile: 'BetaShop.template.json' },
    };
    const manifest = { artifacts: { BetaShop1234: stack } };
    writeFileSync(join(directory, 'assembly-Beta/manifest.json'), JSON.stringify(manifest));
    writeFileSync(join(directory, 'assembly-Beta/BetaShop.template.json'), JSON.stringify(orders.template));
    expect(read().stacks.map(({ name }) => name)).toEqual(['Beta-Shop']);
    expect(read().queues[0]?.stack).toBe('Beta-Shop');
  });
});

describe('the folder of one stage', () => {
  let app: string;
  beforeEach(() => {
    app = mkdtempSync(join(tmpdir(), 'app-'));
    const stage = { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-Beta' } };
    writeFileSync(join(app, 'manifest.json'), JSON.stringify({ artifacts: { 'assembly-Beta': stage } }));
    mkdirSync(join(app, 'asset.code'));
    renameSync(writeAssembly({ Shop: { template: { Resources: { ...consumer } } } }), join(app, 'assembly-Beta'));
  });
  afterEach(() => rmSync(app, { recursive: true }));

  const read = (path: string) => {
    const assets = { a: { source: { path }, destinations: { here: { objectKey: 'code.zip' } } } };
    writeFileSync(join(app, 'assembly-Beta/all.assets.json'), JSON.stringify({ files: assets }));
    return readAssembly(join(app, 'assembly-Beta'), { endpointUrl, codeRoot: join(app, 'code') });
  };

  test('is an assembly, whose assets lie beside it in the folder of the app', () => {
    expect(read('../asset.code').functions[0]?.codeDirectory).toBe(join(app, 'asset.code'));
  });

  test('has no assets outside of the folder of the app', () => {
    expect(() => read('../../asset.code')).toThrow(expect.objectContaining({ code: 'ASSEMBLY_MALFORMED' }));
  });

  test('has none beside it when the app does not name it', () => {
    writeFileSync(join(app, 'manifest.json'), JSON.stringify({ artifacts: {} }));
    expect(() => read('../asset.code')).toThrow(expect.objectContaining({ code: 'ASSEMBLY_MALFORMED' }));
  });

  test('is read although an app folder above it cannot be understood', () => {
    writeFileSync(join(app, 'manifest.json'), 'not json');
    expect(read('asset.code').functions).toHaveLength(1);
  });
});

describe('inline code', () => {
  let directory: string;
  afterEach(() => rmSync(directory, { recursive: true }));

  const readInline = (source: string): string => {
    const codeRoot = join(directory, 'code');
    const Resources = { ...consumer, Consumer: functionWith({ Code: { ZipFile: source } }) };
    const written = writeAssembly({ Shop: { template: { Resources } } });
    try {
      return readAssembly(written, { endpointUrl, codeRoot }).functions[0]?.codeDirectory ?? '';
    } finally {
      rmSync(written, { recursive: true });
    }
  };

  test('is written to index.js, in another folder when it changes', () => {
    directory = mkdtempSync(join(tmpdir(), 'inline-'));
    const first = readInline('exports.handler = async () => 1;');
    expect(readFileSync(join(first, 'index.js'), 'utf8')).toBe('exports.handler = async () => 1;');
    expect(readInline('exports.handler = async () => 1;')).toBe(first);
    expect(readInline('exports.handler = async () => 2;')).not.toBe(first);
  });
});
