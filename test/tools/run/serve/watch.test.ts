import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetEventSourceMappingCommand, InvokeCommand, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SQSBatchResponse } from 'aws-lambda';
import { eventually } from 'local-aws/testing';
import { exampleOrder } from '../../../../shared/order/example-order.ts';
import { sqsEvent } from '../../../lambdas/sqs-event.ts';
import { ProjectCopy } from './project-copy.ts';
import { type Served, serveLocally } from './served.ts';

let project: ProjectCopy;
let served: Served;
let outputs: Record<string, string>;
const failedOrders = 'lambdas/failed-orders/handler.ts';

beforeAll(async () => {
  project = new ProjectCopy();
  served = await serveLocally([], project.directory);
  const { Stacks } = await served.cloudFormation.send(new DescribeStacksCommand({}));
  outputs = Object.fromEntries(
    (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
});

afterAll(async () => {
  await served[Symbol.asyncDispose]();
  project[Symbol.dispose]();
});

/**
 * What comes out after `change`, up to `wanted`. On a busy machine the watcher may see half of a change first, and so
 * say more than once what came of the change: a message alone does not tell that the whole change has been seen.
 */
async function after(change: () => void, wanted: RegExp): Promise<string> {
  const { command } = served;
  const from = command.output.length;
  change();
  await command.until(wanted, from);
  return command.output.slice(from);
}

const reloaded = /^Reloaded in/m;

async function servedVersion(): Promise<unknown> {
  const command = new InvokeCommand({ FunctionName: outputs['FailedOrdersFunctionName'], Payload: '{"Records":[]}' });
  const answer = JSON.parse((await served.lambda.send(command)).Payload?.transformToString() ?? '') as object;
  return 'version' in answer ? answer.version : undefined;
}

const versionOnce = (wanted: number) => eventually(servedVersion, (seen) => seen === wanted);

const handler = (version: number) => `export const handler = async () => ({ version: ${version} });`;

describe('while it serves', () => {
  test('a saved handler replaces its function, and queues keep their messages', async () => {
    const QueueUrl = outputs['OrdersQueueUrl'];
    await served.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'later', DelaySeconds: 900 }));
    await after(() => project.save(failedOrders, handler(1)), reloaded);
    expect(await versionOnce(1)).toBe(1);
    const { Attributes } = await served.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessagesDelayed'] }),
    );
    expect(Attributes).toEqual({ ApproximateNumberOfMessagesDelayed: '1' });
  });

  test('a saved stack is applied: a new queue, a changed mapping; and back', async () => {
    const mapping = async () => {
      const { EventSourceMappings } = await served.lambda.send(
        new ListEventSourceMappingsCommand({ FunctionName: outputs['FailedOrdersFunctionName'] }),
      );
      const { UUID } = EventSourceMappings?.[0] ?? {};
      return await served.lambda.send(new GetEventSourceMappingCommand({ UUID }));
    };
    const batchSize = (await mapping()).BatchSize;
    const change = `new Queue(stack, 'Extra', { queueName: 'extra' });
      for (const child of stack.node.findAll()) {
        if (CfnResource.isCfnResource(child) && child.cfnResourceType === 'AWS::Lambda::EventSourceMapping') {
          child.addPropertyOverride('BatchSize', 3);
        }
      }`;
    const batchSizeOnce = (wanted: number | undefined) =>
      eventually(
        async () => (await mapping()).BatchSize,
        (size) => size === wanted,
      );
    await after(() => project.saveApp(change), reloaded);
    expect(await batchSizeOnce(3)).toBe(3);
    const { QueueUrl } = await served.sqs.send(new GetQueueUrlCommand({ QueueName: 'extra' }));
    await served.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));

    await after(() => project.saveApp(''), reloaded);
    expect(await batchSizeOnce(batchSize)).toBe(batchSize);
    await expect(served.sqs.send(new GetQueueUrlCommand({ QueueName: 'extra' }))).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
  });

  test('what cannot be taken on is shown while the former version goes on, and mending it is enough', async () => {
    const cdkJson = project.read('cdk.json');
    const former = await servedVersion();
    const refused = async (shown: RegExp, change: () => void) => {
      const said = await after(change, shown);
      expect(said).toContain('Not reloaded, the former version goes on serving.\n');
      expect(said).not.toContain('node_modules');
      expect(await servedVersion()).toBe(former);
    };
    await refused(/failed-orders\/handler\.ts:1:23/, () => project.save(failedOrders, 'export const handler = ;'));
    await refused(/bin\/app\.ts:5\n/, () => {
      // First what is broken: the handler alone would be taken on.
      project.saveApp('const x = ;');
      project.save(failedOrders, handler(2));
    });
    await refused(/Error: not yet/, () => project.saveApp("throw new Error('not yet');"));
    await refused(/RESOURCE_TYPE_UNKNOWN at OrderPipeline Odd/, () =>
      project.saveApp("new CfnResource(stack, 'Odd', { type: 'AWS::Made::Up' });"),
    );
    await refused(/cdk\.json is no JSON/, () => project.save('cdk.json', '{'));

    await after(() => {
      project.save('cdk.json', cdkJson);
      project.saveApp('');
    }, reloaded);
    expect(await versionOnce(2)).toBe(2);
  });

  test('a saved schema is the new validation, and a mistake in it is one sentence', async () => {
    const path = 'shared/order/order.schema.json';
    const schema = JSON.parse(project.read(path)) as { properties: object; required: string[] };
    const changed = (replyTo: object) =>
      project.save(
        path,
        JSON.stringify({
          ...schema,
          properties: { ...schema.properties, replyTo },
          required: [...schema.required, 'replyTo'],
        }),
      );
    const isRefused = async (body: object) => {
      const Payload = JSON.stringify(sqsEvent([JSON.stringify(body)]));
      const answer = await served.lambda.send(
        new InvokeCommand({ FunctionName: outputs['ProcessOrdersFunctionName'], Payload }),
      );
      const { batchItemFailures } = JSON.parse(answer.Payload!.transformToString()) as SQSBatchResponse;
      return batchItemFailures.length === 1;
    };
    const good = exampleOrder(0, 'before');
    expect(await isRefused(good)).toBe(false);

    const refused = await after(() => changed({ type: 'string', format: 'emial' }), /^Not reloaded/m);
    expect(refused).not.toContain('node_modules');
    await served.command.until(/order\.schema\.json, at \/properties\/replyTo: unknown format "emial"/);
    const said = await after(() => changed({ type: 'string', format: 'email' }), reloaded);
    expect(said).toContain('Wrote shared/order/validate-order.generated.js\n');
    expect(said).toContain('exampleOrder does not pass the schema: /replyTo is required.');
    expect(
      await eventually(
        () => isRefused(good),
        (is) => is,
      ),
    ).toBe(true);
    expect(await isRefused({ ...good, replyTo: 'ada' })).toBe(true);
    expect(await isRefused({ ...good, replyTo: 'ada@example.com', orderId: 'after' })).toBe(false);
  });

  test('no assembly and no former code is left behind', async () => {
    const files = await eventually(
      () => served.command.temporaryFiles(),
      (names) => names.length === 2,
    );
    expect(files).toEqual([expect.stringMatching(/^local-functions-/), expect.stringMatching(/^local-runtime-/)]);
    served.command.process.kill('SIGINT');
    expect(await served.command.exited).toBe(130);
    expect(served.command.temporaryFiles()).toEqual([]);
  });
});
