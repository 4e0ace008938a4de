import { GetEventSourceMappingCommand, InvokeCommand, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
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

/** What comes out after `change`: the next message that it was taken on, or that it was not. */
async function after(change: () => void): Promise<string> {
  const { command } = served;
  const from = command.output.length;
  change();
  await command.until(/^(Reloaded in|Not reloaded)/m, from);
  return command.output.slice(from);
}

async function answer(): Promise<unknown> {
  const command = new InvokeCommand({ FunctionName: outputs['FailedOrdersFunctionName'], Payload: '{"Records":[]}' });
  return JSON.parse((await served.lambda.send(command)).Payload?.transformToString() ?? '');
}

const handler = (version: number) => `export const handler = async () => ({ version: ${version} });`;

describe('while it serves', () => {
  test('a saved handler replaces its function, and queues keep their messages', async () => {
    const QueueUrl = outputs['OrdersQueueUrl'];
    await served.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'later', DelaySeconds: 900 }));
    expect(await after(() => project.save(failedOrders, handler(1)))).toContain('Reloaded in');
    expect(await answer()).toEqual({ version: 1 });
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
    expect(await after(() => project.saveApp(change))).toContain('Reloaded in');
    const { QueueUrl } = await served.sqs.send(new GetQueueUrlCommand({ QueueName: 'extra' }));
    await served.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
    expect((await mapping()).BatchSize).toBe(3);

    expect(await after(() => project.saveApp(''))).toContain('Reloaded in');
    await expect(served.sqs.send(new GetQueueUrlCommand({ QueueName: 'extra' }))).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
    expect((await mapping()).BatchSize).toBe(batchSize);
  });

  test('what cannot be taken on is shown while the former version goes on, and mending it is enough', async () => {
    const cdkJson = project.read('cdk.json');
    const former = await answer();
    const refused = async (shown: string, change: () => void) => {
      const said = await after(change);
      expect(said).toContain('Not reloaded, the former version goes on serving.\n');
      expect(said).toContain(shown);
      expect(said).not.toContain('node_modules');
      expect(await answer()).toEqual(former);
    };
    await refused(`${failedOrders}:1:23`, () => project.save(failedOrders, 'export const handler = ;'));
    await refused('bin/app.ts:5\n', () => {
      project.save(failedOrders, handler(2));
      project.saveApp('const x = ;');
    });
    await refused('Error: not yet', () => project.saveApp("throw new Error('not yet');"));
    await refused('RESOURCE_TYPE_UNKNOWN at OrderPipeline Odd', () =>
      project.saveApp("new CfnResource(stack, 'Odd', { type: 'AWS::Made::Up' });"),
    );
    await refused('cdk.json is no JSON', () => project.save('cdk.json', '{'));

    const mended = await after(() => {
      project.save('cdk.json', cdkJson);
      project.saveApp('');
    });
    expect(mended).toContain('Reloaded in');
    expect(await answer()).toEqual({ version: 2 });
  });

  test('no assembly and no former code is left behind', async () => {
    expect(served.command.temporaryFiles()).toEqual([
      expect.stringMatching(/^local-functions-/),
      expect.stringMatching(/^local-runtime-/),
    ]);
    served.command.process.kill('SIGINT');
    expect(await served.command.exited).toBe(130);
    expect(served.command.temporaryFiles()).toEqual([]);
  });
});
