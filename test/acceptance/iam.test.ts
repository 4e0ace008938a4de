import { GetQueueAttributesCommand, PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Command } from '../tools/run/serve/served.ts';
import { Assemblies, running } from './running-assembly.ts';

const assemblies = new Assemblies();
let whole: string;

beforeAll(async () => {
  whole = await assemblies.whole({ preset: 'production' });
});

afterAll(() => assemblies.dispose());

/** The project's own assembly, as if no function might do this. */
const assemblyWithout = (action: string): string =>
  assemblies.changed(whole, (actions) => actions.filter((each) => each !== action));

const denial = (ordersArn: string) =>
  new RegExp(
    String.raw`User: arn:aws:sts::000000000000:assumed-role/OrderPipeline-GenerateOrders\S+ is not authorized to ` +
      `perform: sqs:sendmessage on resource: ${ordersArn} because no identity-based policy allows the ` +
      'sqs:sendmessage action',
  );

describe('a stack whose producer may not send', () => {
  test('fails as on AWS, naming action and resource', async () => {
    await using pipeline = await running(assemblyWithout('sqs:SendMessage'), 'enforce');
    const said = await pipeline.produce();
    expect(said).toMatch(denial(pipeline.ordersArn));
    expect(said).toContain('AccessDenied');
    expect(pipeline.sent()).toBe(0);
  });

  test('runs with audit, which says what AWS would deny, once', async () => {
    await using pipeline = await running(assemblyWithout('sqs:SendMessage'), 'audit');
    await pipeline.produce();
    await pipeline.produce();
    expect(pipeline.sent()).toBe(6);
    expect(pipeline.notices()).toEqual([expect.stringMatching(denial(pipeline.ordersArn))]);
    expect(pipeline.notices()[0]).toMatch(/^IAM would deny this call: /);
  });

  test('runs with off, silently', async () => {
    await using pipeline = await running(assemblyWithout('sqs:SendMessage'), 'off');
    await pipeline.produce();
    expect(pipeline.sent()).toBe(3);
    expect(pipeline.notices()).toEqual([]);
  });

  test('leaves the developer free to do everything', async () => {
    await using pipeline = await running(assemblyWithout('sqs:SendMessage'), 'enforce');
    const QueueUrl = pipeline.ordersUrl;
    await pipeline.send({ MessageBody: 'mine', DelaySeconds: 900 });
    await pipeline.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    await pipeline.sqs.send(new PurgeQueueCommand({ QueueUrl }));
    expect(pipeline.sent()).toBe(1);
  });
});

test('the whole stack needs nothing that it was not granted', async () => {
  await using pipeline = await running(whole, 'audit');
  // UserX among them: process-orders changes its visibility, and failed-orders gets it.
  await pipeline.produce({ count: 10 });
  await pipeline.until(() => pipeline.deleted() >= 10);
  expect(pipeline.notices()).toEqual([]);
});

describe('a stack whose consumers may not receive', () => {
  const refusal = 'The function execution role does not have permissions to call ReceiveMessage on SQS.';

  test('is refused at the start, in AWS’s words, with what to grant', async () => {
    const assembly = assemblyWithout('sqs:ReceiveMessage');
    await expect(running(assembly, 'enforce')).rejects.toMatchObject({
      code: 'MAPPING_ROLE',
      message: expect.stringContaining(refusal),
      remedy: expect.stringMatching(/^Grant sqs:ReceiveMessage on arn:aws:sqs:us-east-1:000000000000:OrderPipeline-/),
    });
    await using audited = await running(assembly, 'audit');
    expect(audited.notices()).toContainEqual(expect.stringContaining('sqs:receivemessage'));
  });

  test('is one clear message and exit code 1 for npm run local', async () => {
    const assembly = assemblyWithout('sqs:ReceiveMessage');
    await using command = new Command(['node', 'bin/local.ts', '--assembly', assembly, '--port', '0']);
    expect(await command.exited).toBe(1);
    expect(command.output).toContain(refusal);
    expect(command.output).not.toContain('    at ');
  });
});
