import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { App, Stack } from 'aws-cdk-lib';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { eventually } from '../../src/testing/eventually.ts';
import type { RunningCommand } from '../../src/testing/running-command.ts';

/** Of the package, with a slash at its end. */
export const packageRoot = fileURLToPath(new URL('../..', import.meta.url));

/** What bin/local-aws runs, for a Node that is chosen already. */
export const main = join(packageRoot, 'src/command/main.ts');

/** Does not bundle the AWS SDK, as most functions do not. */
const resizer = `
const { DynamoDBClient, PutItemCommand } = require('@aws-sdk/client-dynamodb');
const images = new DynamoDBClient({});
exports.handler = async ({ Records }) => {
  for (const { body } of Records) {
    await images.send(new PutItemCommand({ TableName: process.env.IMAGES, Item: { name: { S: body } } }));
    console.log('resized', body);
  }
};`;

/** A CDK app with a queue of uploads, a function that resizes them, and a table of images: `cdk synth` in `folder`. */
export function synthesizeThumbnails(folder: string): void {
  const app = new App({ outdir: join(folder, 'cdk.out') });
  const stack = new Stack(app, 'Thumbnails');
  const uploads = new Queue(stack, 'Uploads', { queueName: 'uploads' });
  const images = new Table(stack, 'Images', {
    tableName: 'images',
    partitionKey: { name: 'name', type: AttributeType.STRING },
  });
  const resize = new LambdaFunction(stack, 'Resize', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline(resizer),
    environment: { IMAGES: images.tableName },
  });
  resize.addEventSource(new SqsEventSource(uploads));
  images.grantWriteData(resize);
  app.synth();
}

/** Waits until the command serves, uploads an image, and answers the names of the images that are in the table then. */
export async function uploadTo(command: RunningCommand, name: string): Promise<(string | undefined)[]> {
  const [, endpoint = ''] = await command.until(/^ready (\S+)/m);
  const settings = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const [sqs, dynamodb] = [new SQSClient(settings), new DynamoDBClient(settings)];
  try {
    const QueueUrl = `${endpoint}/000000000000/uploads`;
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: name }));
    return await eventually(
      async () => {
        const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: 'images' }));
        return Items.map((item) => item['name']?.S);
      },
      (names) => names.length > 0,
    );
  } finally {
    sqs.destroy();
    dynamodb.destroy();
  }
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

/** Installs the packed package in `folder`, as npm does. The dependencies are links to those of this checkout. */
export function installPacked(folder: string): void {
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  const archive = run(process.execPath, join(packageRoot, 'build/pack.ts'), folder).trim();
  run('tar', '-xzf', join(folder, archive), '-C', modules);
  renameSync(join(modules, 'package'), join(modules, 'local-aws'));
  symlinkSync('../local-aws/bin/local-aws', join(modules, '.bin/local-aws'));

  const manifest = JSON.parse(readFileSync(join(modules, 'local-aws/package.json'), 'utf8')) as Manifest;
  const searched = createRequire(join(packageRoot, 'package.json')).resolve.paths('any') ?? [];
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
    const installed = searched.map((place) => join(place, name)).find((place) => existsSync(place));
    // Of the optional ones, npm has installed the one for this platform.
    if (installed === undefined) continue;
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(installed, join(modules, name));
  }
}

function run(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stdout}${stderr}`);
  return stdout;
}
