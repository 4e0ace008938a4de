import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { readAssembly } from '../../src/assembly/read-assembly.ts';
import { systemClock } from '../../src/clock.ts';
import type { LocalRuntimeError } from '../../src/errors.ts';
import { EventStream } from '../../src/events.ts';
import type { LocalModel } from '../../src/model.ts';
import { createAuthorizer } from '../../src/services/iam/authorizer.ts';
import { services } from '../../src/services/index.ts';
import {
  consumer,
  endpointUrl,
  functionWith,
  mappingWith,
  queueWith,
  readStacks,
} from '../../src/testing/written-assembly.ts';
import { addWorker, publicApps } from './public-apps.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'public-apps-'));
});

afterAll(() => rmSync(directory, { recursive: true }));

function refusalOf(read: () => unknown): LocalRuntimeError {
  try {
    read();
  } catch (error) {
    return error as LocalRuntimeError;
  }
  throw new Error('the assembly was read without an error');
}

/** What the message offers to leave out. */
function offeredBy({ message }: LocalRuntimeError): string[] {
  return [...message.matchAll(/^ {2}--skip (\S+): .*\.$/gm)].map(([, name = '']) => name);
}

/** What is offered to be left out of each app, without the endings that the CDK gives logical ids. */
const offers: Readonly<Record<string, readonly string[]>> = {
  'a topic that feeds the queue and a function': [],
  'an event bus with a rule that fills the queue': [],
  'a bucket that a function reads': ['AWS::S3::Bucket'],
  'a bucket that notifies the queue': ['AWS::S3::Bucket', 'BucketNotificationsHandler'],
  'a state machine that a function starts': ['AWS::StepFunctions::StateMachine'],
  'a table with a stream that a function reads': [
    'Orders.StreamSpecification',
    'FollowerDynamoDBEventSourceShopOrders',
  ],
  'a REST API before a function': [],
  'custom resources': ['Custom::AWS'],
  'a pipe from the queue': ['AWS::Pipes::Pipe'],
  'destinations and a layer of a function': [
    'AWS::Lambda::LayerVersion',
    'ReporterEventInvokeConfig.DestinationConfig',
  ],
  'a container that works for the queue': ['Task'],
  'a VPC whose security group is closed, as new apps have it': [],
  'a function with a URL': [],
  'a function in Python': ['Python'],
};

/** As a runtime does before it starts. */
const readPolicies = (model: LocalModel) =>
  void createAuthorizer({ ...model, services, mode: 'enforce', events: new EventStream(), clock: systemClock });

test.each(Object.entries(publicApps))(
  'of an app with %s, what stands in the way is told, and the rest runs',
  (kind, add) => {
    const outdir = join(directory, kind.replaceAll(' ', '-'));
    const app = new App({ outdir, context: { 'aws:cdk:bundling-stacks': [] } });
    add(addWorker(new Stack(app, 'Shop')));
    app.synth();
    const read = (skip: readonly string[]) =>
      readAssembly(outdir, { endpointUrl, codeRoot: join(directory, 'code'), skip, check: readPolicies });

    const offered = offers[kind]!.length === 0 ? [] : offeredBy(refusalOf(() => read([])));
    expect(offered.map((name) => name.replace(/(?<!:)\b([A-Za-z]+?)[\dA-Fa-f]{8,}(?=\.|$)/, '$1'))).toEqual(
      offers[kind],
    );
    const model = read(offered);
    expect(model.leftOut.length).toBeGreaterThanOrEqual(offered.length);
    expect(model.leftOut.filter(({ meaning }) => !meaning.endsWith('.'))).toEqual([]);
    expect(model.mappings).toHaveLength(1);
  },
);

const functionInPython = {
  ...consumer.Consumer,
  Properties: { ...consumer.Consumer.Properties, Runtime: 'python3.13' },
};
const resources = {
  ...consumer,
  Consumer: functionInPython,
  Orders: queueWith({ QueueName: 'orders' }),
  Mapping: mappingWith({}),
  Uploads: { Type: 'AWS::S3::Bucket' },
  Downloads: { Type: 'AWS::S3::Bucket' },
  Long: queueWith({ VisibilityTimeout: 50_000 }),
};
const shop = { Shop: { template: { Resources: resources, Parameters: { Size: { Type: 'Number' } } } } };

describe('what stands in the way', () => {
  test('is told at once, with a line for what is alike and without what follows from it', () => {
    const lines = refusalOf(() => readStacks(shop)).message.split('\n');
    expect(lines).toEqual([
      '5 problems stand in the way of this assembly:',
      expect.stringMatching(/^ {2}PARAMETER_WITHOUT_VALUE at Shop Size: /),
      expect.stringMatching(/^ {2}RUNTIME_UNSUPPORTED at Shop Consumer \/Properties\/Runtime: /),
      expect.stringMatching(/^ {2}RESOURCE_UNSUPPORTED at Shop Uploads, Downloads: AWS::S3::Bucket: /),
      expect.stringMatching(/^ {2}PROPERTY_INVALID at Shop Long \/Properties\/VisibilityTimeout: /),
      'What you can leave out, so that the rest runs:',
      expect.stringMatching(/^ {2}--skip Consumer: .*mappings/),
      expect.stringMatching(/^ {2}--skip AWS::S3::Bucket: .*NotImplemented/),
      'Together: --skip Consumer --skip AWS::S3::Bucket',
    ]);
  });

  test('in a value of a resource does not hide what is wrong with the resource itself', () => {
    const Environment = { Variables: { VPC: { 'Fn::ImportValue': 'vpc' } } };
    const EventSourceArn = 'arn:aws:sqs:us-east-1:000000000000:jobs';
    const Resources = {
      ...consumer,
      Consumer: functionWith({ Environment }),
      Mapping: mappingWith({ EventSourceArn }),
    };
    const { message } = refusalOf(() => readStacks({ Shop: { template: { Resources } } }));
    expect(message).toMatch(
      /^2 problems .*\n.*--export vpc=VALUE.*\n.*--queue arn:aws:sqs:us-east-1:000000000000:jobs\.$/,
    );
  });

  test('names ten of those that are alike', () => {
    const names = Array.from({ length: 12 }, (_, index) => `Disk${index}`);
    const Resources = Object.fromEntries(names.map((name) => [name, { Type: 'AWS::S3::Bucket' }]));
    const { message } = refusalOf(() => readStacks({ Shop: { template: { Resources } } }));
    expect(message).toMatch(/^12 problems .*\n.* at Shop Disk0, .*, Disk9 and 2 more: /);
  });

  test('in several stacks is told at once', () => {
    const stacks = { Shop: shop.Shop, Store: { template: { Resources: { Disk: { Type: 'AWS::Nobody::Knows' } } } } };
    expect(refusalOf(() => readStacks(stacks)).message).toContain('RESOURCE_TYPE_UNKNOWN at Store Disk');
  });

  test('when it is one thing is one line, and what leaving it out means', () => {
    const [Disk, Orders] = [{ Type: 'AWS::S3::Bucket' }, queueWith({})];
    const error = refusalOf(() => readStacks({ Shop: { template: { Resources: { Disk, Orders } } } }));
    expect(error).toMatchObject({ code: 'RESOURCE_UNSUPPORTED', place: { stack: 'Shop', logicalId: 'Disk' } });
    expect(error.message).toMatch(/^RESOURCE_UNSUPPORTED at Shop Disk: .*\n.*\n {2}--skip AWS::S3::Bucket: .*\.$/);
  });
});

describe('what is left out', () => {
  const parameters = { Size: '5' };
  const mended = { Shop: { template: { ...shop.Shop.template, Resources: { ...resources, Long: queueWith({}) } } } };

  test('by type, by a pattern, or by logical id, is not there, nor is what belongs to it', () => {
    const model = readStacks(mended, { parameters, skip: ['AWS::S3::*', 'Consumer'] });
    expect(model.functions).toEqual([]);
    expect(model.mappings).toEqual([]);
    expect(model.leftOut.map(({ logicalId, meaning }) => [logicalId, meaning.split(/[ ,]/)[0]])).toEqual([
      ['Consumer', 'An'],
      ['Mapping', 'It'],
      ['Uploads', 'A'],
      ['Downloads', 'A'],
    ]);
  });

  test('can be a property', () => {
    const Orders = queueWith({ QueueName: 'orders', Colour: 'red' });
    const stacks = { Shop: { template: { Resources: { Orders } } } };
    expect(offeredBy(refusalOf(() => readStacks(stacks)))).toEqual(['Orders.Colour']);
    for (const skip of [['Orders.Colour'], ['AWS::SQS::Queue.Colour']]) {
      expect(readStacks(stacks, { skip })).toMatchObject({
        queues: [{ name: 'orders' }],
        leftOut: [{ property: 'Colour' }],
      });
    }
  });

  test('gives references to it values that are made up, and keep their form', () => {
    const Outputs = { Arn: { Value: { 'Fn::GetAtt': ['Uploads', 'Arn'] } }, Name: { Value: { Ref: 'Uploads' } } };
    const stacks = { Shop: { template: { Resources: { Uploads: resources.Uploads }, Outputs } } };
    const [arn, name] = readStacks(stacks, { skip: ['Uploads'] }).stacks[0]?.outputs ?? [];
    expect(arn?.value).toBe('arn:aws:s3:us-east-1:000000000000:left-out-Uploads');
    expect(name?.value).toMatch(/^Shop-Uploads-/);
  });

  test('by a name that nothing has is refused', () => {
    expect(() => readStacks(mended, { parameters, skip: ['AWS::S3::Bucket', 'Consumer', 'Uplaods'] })).toThrow(
      expect.objectContaining({ code: 'SKIPS_NOTHING', message: expect.stringContaining('Uplaods') as unknown }),
    );
  });
});
