import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readAssembly } from '../../src/assembly/read-assembly.ts';
import { LocalRuntimeError } from '../../src/errors.ts';
import {
  consumer,
  endpointUrl,
  functionWith,
  mappingWith,
  queueWith,
  writeAssembly,
} from '../../src/testing/written-assembly.ts';
import { ordersTable } from '../dynamodb/running-tables.ts';
import { nearly } from '../endpoint/any-input.ts';

const template = {
  Parameters: { Size: { Type: 'Number', Default: 5 } },
  Conditions: { Always: { 'Fn::Equals': ['a', { Ref: 'AWS::Partition' }] } },
  Resources: {
    ...consumer,
    Grant: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName: 'consume',
        Roles: [{ Ref: 'Role' }],
        PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sqs:*', Resource: '*' }] },
      },
    },
    Inline: { ...functionWith({ Code: { ZipFile: 'exports.handler = 1' } }), DependsOn: ['Orders'] },
    Orders: queueWith({ QueueName: 'orders', Tags: [{ Key: 'a', Value: 'b' }] }),
    Table: ordersTable,
    Mapping: mappingWith({ BatchSize: { Ref: 'Size' } }),
  },
  Outputs: { Url: { Value: { 'Fn::Sub': ['${Queue}/x', { Queue: { Ref: 'Orders' } }] }, Condition: 'Always' } },
};

let assembly: string;

beforeEach(() => {
  assembly = writeAssembly({ Shop: { template } });
});

afterEach(() => rmSync(assembly, { recursive: true }));

const read = () => readAssembly(assembly, { endpointUrl, codeRoot: join(assembly, 'code') });
const write = (file: string, content: unknown) => writeFileSync(join(assembly, file), JSON.stringify(content));
const contentOf = (file: string): unknown => JSON.parse(readFileSync(join(assembly, file), 'utf8'));

/** Undefined when it was read. */
function refusal(): unknown {
  try {
    read();
    return undefined;
  } catch (error) {
    return error;
  }
}

const manifestWith = (artifact: object) => ({ artifacts: { Odd: artifact } });
const stack = (templateFile: string) =>
  manifestWith({ type: 'aws:cloudformation:stack', properties: { templateFile } });
const nested = (directoryName: string) => manifestWith({ type: 'cdk:cloud-assembly', properties: { directoryName } });
const assets = (file: string) => manifestWith({ type: 'cdk:asset-manifest', properties: { file } });
const assetsFile = (path: string) => ({
  files: { a: { source: { path }, destinations: { here: { objectKey: 'code.zip' } } } },
});

describe('an assembly', () => {
  test.each(['manifest.json', 'all.assets.json', 'Shop.template.json'])(
    'of which %s is nearly right is read or refused in words',
    (file) => {
      const property = fc.property(nearly(contentOf(file)), (content) => {
        write(file, content);
        const error = refusal();
        if (error !== undefined && !(error instanceof LocalRuntimeError)) throw error;
      });
      expect(refusal()).toBeUndefined();
      fc.assert(property, { numRuns: Number(process.env['FUZZ_RUNS'] ?? 8) * 20 });
    },
  );

  test.each([
    ['a template', stack('../Shop.template.json')],
    ['a template with an absolute path', stack('../../../../../../etc/passwd')],
    ['a nested assembly', nested('..')],
    ['itself', nested('.')],
    ['itself in a roundabout way', nested('asset.code/..')],
    ['an asset manifest', assets('../all.assets.json')],
  ])('that names %s outside its folder is refused', (_what, manifest) => {
    write('manifest.json', manifest);
    expect(read).toThrow(
      expect.objectContaining({ code: 'ASSEMBLY_MALFORMED', message: expect.stringContaining('outside') }),
    );
  });

  test('whose asset lies elsewhere is refused, unless it says where in full', () => {
    write('all.assets.json', assetsFile('../../elsewhere'));
    expect(read).toThrow(expect.objectContaining({ code: 'ASSEMBLY_MALFORMED' }));
    write('all.assets.json', assetsFile(join(assembly, 'asset.code')));
    expect(refusal()).toBeUndefined();
  });

  test('nested in another finds its assets in the outer one, as the CDK writes them', () => {
    const { artifacts } = contentOf('manifest.json') as { artifacts: object };
    const inner = join(assembly, 'assembly-Stage');
    mkdirSync(inner);
    writeFileSync(join(inner, 'manifest.json'), JSON.stringify({ artifacts }));
    for (const file of ['Shop.template.json', 'all.assets.json']) {
      const text = readFileSync(join(assembly, file), 'utf8').replaceAll('"asset.code"', '"../asset.code"');
      writeFileSync(join(inner, file), text.replaceAll('"bundle.zip"', '"../bundle.zip"'));
    }
    write('manifest.json', nested('assembly-Stage'));
    expect(read().functions).toHaveLength(2);
  });
});
