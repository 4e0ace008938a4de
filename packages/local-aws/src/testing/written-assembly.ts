import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAssembly, type ReadOptions } from '../assembly/read-assembly.ts';
import type { LocalRuntimeError } from '../errors.ts';
import type { LocalModel } from '../model.ts';

/** A stack of an assembly that is written by hand. */
export interface WrittenStack {
  readonly template: object;
  /** `aws://ACCOUNT/REGION`. Default: both unknown, as in a stack without `env`. */
  readonly environment?: string;
  /** Names of the stacks that are deployed before. */
  readonly dependencies?: readonly string[];
}

export const endpointUrl = 'http://127.0.0.1:4566';

const assetFile = (path: string, objectKey: string) => ({
  source: { path, packaging: 'zip' },
  destinations: { here: { bucketName: 'assets', objectKey } },
});

/** Writes an assembly as `cdk synth` would, with one asset folder published as `code.zip`. The caller removes it. */
export function writeAssembly(stacks: Readonly<Record<string, WrittenStack>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'assembly-'));
  const write = (name: string, content: unknown): void => writeFileSync(join(directory, name), JSON.stringify(content));
  mkdirSync(join(directory, 'asset.code'));
  writeFileSync(join(directory, 'asset.code/index.js'), 'exports.handler = async () => 1;');
  writeFileSync(join(directory, 'bundle.zip'), 'PK');
  const artifacts: Record<string, unknown> = {
    assets: { type: 'cdk:asset-manifest', properties: { file: 'all.assets.json' } },
  };
  write('all.assets.json', {
    files: { a: assetFile('asset.code', 'code.zip'), b: assetFile('bundle.zip', 'archive.zip') },
  });
  for (const [name, { template, environment, dependencies = [] }] of Object.entries(stacks)) {
    write(`${name}.template.json`, template);
    artifacts[name] = {
      type: 'aws:cloudformation:stack',
      environment: environment ?? 'aws://unknown-account/unknown-region',
      properties: { templateFile: `${name}.template.json` },
      dependencies: ['assets', ...dependencies],
    };
  }
  write('manifest.json', { version: '48.0.0', artifacts });
  return directory;
}

/** Reads stacks by way of an assembly on disk, which is gone afterwards. */
export function readStacks(
  stacks: Readonly<Record<string, WrittenStack>>,
  options: Partial<ReadOptions> = {},
): LocalModel {
  const directory = writeAssembly(stacks);
  try {
    return readAssembly(directory, { endpointUrl, codeRoot: join(directory, 'code'), ...options });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Reads one stack named `Shop` from its resources and other sections. */
export function readResources(resources: object, sections: object = {}): LocalModel {
  return readStacks({ Shop: { template: { Resources: resources, ...sections } } });
}

/** The error that reading ends with. */
export function refusalOf(resources: object, sections: object = {}): LocalRuntimeError {
  try {
    readResources(resources, sections);
  } catch (error) {
    return error as LocalRuntimeError;
  }
  throw new Error('the assembly was read without an error');
}

/** A function and its role, both as small as they can be. */
export const consumer = {
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } }],
      },
    },
  },
  Consumer: functionWith({}),
};

/** A Lambda function on Node.js 24, but for `properties`. Its code answers 1; its role is the resource `Role`. */
export function functionWith(properties: object): { Type: string; Properties: object } {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Bucket: 'assets', S3Key: 'code.zip' },
      Handler: 'index.handler',
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Runtime: 'nodejs24.x',
      ...properties,
    },
  };
}

/** An SQS queue with these properties of `AWS::SQS::Queue`. */
export function queueWith(properties: object): { Type: string; Properties: object } {
  return { Type: 'AWS::SQS::Queue', Properties: properties };
}

/** A mapping from the queue `Orders` to the function `Consumer`. */
export function mappingWith(properties: object): { Type: string; Properties: object } {
  return {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: { 'Fn::GetAtt': ['Orders', 'Arn'] },
      FunctionName: { Ref: 'Consumer' },
      ...properties,
    },
  };
}
