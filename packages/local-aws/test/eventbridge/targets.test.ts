import {
  CreateEventBusCommand,
  type InputTransformer,
  PutTargetsCommand,
  PutRuleCommand,
} from '@aws-sdk/client-eventbridge';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { TargetFailed } from '../../src/events.ts';
import {
  bodyOf,
  busArn,
  type EventBridgeHarness,
  placed,
  queueArn,
  queuePolicy,
  ruleArn,
  startEventBridge,
} from './eventbridge-harness.ts';

let bridge: EventBridgeHarness;

beforeAll(async () => {
  bridge = await startEventBridge();
});

const put = (name: string, detail: object = { id: 'o-1' }) => bridge.put(placed(detail, { DetailType: name }));
const failures = (rule: string) =>
  bridge.told.filter((event): event is TargetFailed => event.type === 'target-failed' && event.ruleName === rule);

describe('what a target gets', () => {
  test('is a constant with Input', async () => {
    await bridge.ruleToQueue('constant', {}, { Input: '{"a": 1}' });
    await put('constant');
    expect((await bridge.drain('constant'))[0]?.Body).toBe('{"a": 1}');
  });

  test('is a part of the event with InputPath', async () => {
    await bridge.ruleToQueue('part', {}, { InputPath: '$.detail.items[0]' });
    await put('part', { items: [{ id: 1 }, { id: 2 }] });
    expect((await bridge.drain('part'))[0]?.Body).toBe('{"id":1}');
  });

  const paths = {
    text: '$.detail.text',
    text2: '$.detail.text2',
    list: '$.detail.list[*].id',
    numbers: '$.detail.numbers',
    words: '$.detail.words',
    one: '$.detail.one',
    none: '$.detail.none',
  };
  test.each<[string, InputTransformer, string]>([
    [
      'JSON in which texts get quotes',
      { InputPathsMap: paths, InputTemplate: '{"a": <text>, "b": <list>, "c": <one>, "d": <none>}' },
      String.raw`{"a": "say \"hi\"", "b": [1,2], "c": {"k":"v"}, "d": ""}`,
    ],
    [
      'JSON with variables in texts',
      { InputPathsMap: paths, InputTemplate: '{"a": "It says <text>.", "b": "<numbers>"}' },
      String.raw`{"a": "It says say \"hi\".", "b": "[1,2]"}`,
    ],
    [
      'a text of lists and objects, without their quotes',
      { InputPathsMap: paths, InputTemplate: '"<words> of <one>"\n"<text2>"' },
      '"[a,b] of {k:v}"\n"plain"',
    ],
    ['a text', { InputPathsMap: paths, InputTemplate: '"<list> of <none>"' }, '"[1,2] of "'],
    [
      'a text of the reserved variables',
      { InputTemplate: '"<aws.events.rule-name> <aws.events.rule-arn> <aws.events.event.ingestion-time>"' },
      `"RULE ${ruleArn('RULE')} 2026-01-01T00:00:00.000Z"`,
    ],
  ])('is %s with InputTransformer', async (kind, InputTransformer, expected) => {
    const name = kind.replaceAll(/\W+/g, '-');
    await bridge.ruleToQueue(name, {}, { InputTransformer });
    const lists = { list: [{ id: 1 }, { id: 2 }], numbers: [1, 2], words: ['a', 'b'] };
    await put(name, { text: 'say "hi"', text2: 'plain', one: { k: 'v' }, ...lists });
    expect((await bridge.drain(name))[0]?.Body).toBe(expected.replaceAll('RULE', name));
  });

  test('is the event with or without its detail', async () => {
    const InputTemplate = '{"whole": <aws.events.event.json>, "rest": <aws.events.event>}';
    await bridge.ruleToQueue('whole', {}, { InputTransformer: { InputTemplate } });
    await put('whole');
    const { whole, rest } = bodyOf((await bridge.drain('whole'))[0]) as { whole: object; rest: object };
    const { detailType, ...others } = rest as { detailType: string };
    expect(Object.keys(rest).join(' ')).toBe('id account detailType time source region resources version');
    expect(whole).toEqual({ ...others, 'detail-type': detailType, detail: { id: 'o-1' } });
  });

  test.each([
    ['an object', '{"not": "valid/<one>", "one": <one>}'],
    ['a list', '{"words": "<words>"}'],
  ])('is nothing when %s stands within quotes in a JSON object: the event is a dead letter', async (kind, template) => {
    const name = `quoted-${kind.replace(' ', '-')}`;
    await bridge.createQueue(`${name}-letters`);
    const InputTransformer = { InputPathsMap: paths, InputTemplate: template };
    await bridge.ruleToQueue(name, {}, { InputTransformer, DeadLetterConfig: { Arn: queueArn(`${name}-letters`) } });
    await put(name, { one: { k: 'v' }, words: ['HIGH'] });
    const [letter] = await bridge.drain(`${name}-letters`);
    expect(letter?.MessageAttributes).toMatchObject({ ERROR_CODE: { StringValue: 'INVALID_JSON' } });
    expect(await bridge.drain(name)).toEqual([]);
  });

  test.each([
    ['two kinds of input', { Input: '1', InputPath: '$' }, 'Only one of Input, InputPath, or InputTransformer'],
    ['an input that is not JSON', { Input: 'a' }, 'JSON syntax error in input for target queue'],
    ['a path that is none', { InputPath: 'detail' }, 'Invalid InputPath for target queue.'],
    [
      'a variable without a path',
      { InputTransformer: { InputTemplate: '"<a>"' } },
      'InputTemplate for target queue contains invalid placeholder a.',
    ],
    ['a template that is no JSON', { InputTransformer: { InputTemplate: '{"a": }' } }, 'Invalid InputTemplate'],
    [
      'an ARN that is none',
      { Arn: 'queue' },
      'Parameter queue is not valid. Reason: Provided Arn is not in correct format.',
    ],
    [
      'a FIFO queue and no group',
      { Arn: queueArn('q.fifo') },
      'Parameter(s) SqsParameters must be specified for target: queue.',
    ],
    ['a FIFO queue for dead letters', { DeadLetterConfig: { Arn: queueArn('d.fifo') } }, 'standard SQS queue'],
    ['an id with a space', { Id: 'a b' }, String.raw`regular expression pattern: [\.\-_A-Za-z0-9]+`],
    ['a long id', { Id: 'i'.repeat(65) }, 'Member must have length less than or equal to 64'],
    ['too many retries', { RetryPolicy: { MaximumRetryAttempts: 186 } }, 'less than or equal to 185'],
  ])('is refused with %s', async (_what, target, message) => {
    await expect(bridge.ruleToQueue('refused', {}, { Arn: queueArn('refused'), ...target })).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message) as unknown,
    });
  });

  test('is refused by name for a service that is not here', async () => {
    const Arn = 'arn:aws:states:us-east-1:000000000000:stateMachine:checkout';
    await expect(bridge.ruleToQueue('states', {}, { Arn })).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining('Name a queue, a function, a topic or an event bus.') as unknown,
    });
  });
});

describe('a target', () => {
  test('that is a FIFO queue gets its group', async () => {
    await bridge.createQueue('line.fifo', { ContentBasedDeduplication: 'true' });
    await bridge.ruleToQueue('line.fifo', {}, { Arn: queueArn('line.fifo'), SqsParameters: { MessageGroupId: 'g' } });
    await put('line.fifo');
    expect((await bridge.drain('line.fifo'))[0]?.Attributes).toMatchObject({ MessageGroupId: 'g' });
  });

  test('without permission gets nothing: the event is a dead letter at once, with what went wrong', async () => {
    await bridge.createQueue('letters');
    const Arn = await bridge.createQueue(
      'closed',
      {},
      queuePolicy('closed', { ArnEquals: { 'aws:SourceArn': ruleArn('other') } }),
    );
    await bridge.ruleToQueue('closed', {}, { Arn, DeadLetterConfig: { Arn: queueArn('letters') }, Input: '1' });
    const { Entries } = await put('closed');
    expect(await bridge.drain('closed')).toEqual([]);
    const [letter] = await bridge.drain('letters');
    expect(bodyOf(letter)).toMatchObject({ id: Entries?.[0]?.EventId, detail: { id: 'o-1' } });
    const attributes = Object.entries(letter?.MessageAttributes ?? {}).map(([name, { StringValue }]) => [
      name,
      StringValue,
    ]);
    expect(Object.fromEntries(attributes)).toEqual({
      RULE_ARN: ruleArn('closed'),
      TARGET_ARN: queueArn('closed'),
      ERROR_CODE: 'NO_PERMISSIONS',
      ERROR_MESSAGE: expect.stringContaining('is not authorized to perform: sqs:sendmessage') as unknown,
      RETRY_ATTEMPTS: '0',
    });
    expect(failures('closed')).toMatchObject([{ deadLetterQueueName: 'letters', targetArn: queueArn('closed') }]);
  });

  test('that does not exist gets nothing, and without a dead-letter queue the event is lost', async () => {
    await bridge.ruleToQueue('gone', {}, { Arn: queueArn('nowhere') });
    await put('gone');
    await bridge.clock.advance(0);
    expect(failures('gone')).toMatchObject([{ reason: expect.stringContaining('does not exist') as unknown }]);
    expect(failures('gone')[0]).not.toHaveProperty('deadLetterQueueName');
  });

  test('whose dead-letter queue lets nobody in loses the event', async () => {
    await bridge.createQueue('locked', {}, queuePolicy('locked', { ArnEquals: { 'aws:SourceArn': ruleArn('other') } }));
    const DeadLetterConfig = { Arn: queueArn('locked') };
    await bridge.ruleToQueue('lost', {}, { Arn: queueArn('nowhere'), DeadLetterConfig });
    await put('lost');
    await bridge.clock.advance(0);
    expect(failures('lost')).toMatchObject([{ reason: expect.stringContaining('locked did not take it') as unknown }]);
  });

  test('that is another bus gets the event by its policy or a role, and a third bus does not', async () => {
    for (const Name of ['second', 'third']) await bridge.client.send(new CreateEventBusCommand({ Name }));
    await bridge.ruleToQueue('to-second', {}, { Arn: busArn('second') });
    await put('to-second');
    await bridge.clock.advance(0);
    expect(failures('to-second')).toMatchObject([{ reason: expect.stringContaining('events:PutEvents') as unknown }]);

    const RoleArn = 'arn:aws:iam::000000000000:role/elsewhere';
    await bridge.ruleToQueue('by-role', {}, { Arn: busArn('second'), RoleArn });
    await bridge.ruleToQueue('received', { EventBusName: 'second', EventPattern: '{"source":["shop"]}' });
    const onward = { Rule: 'received', EventBusName: 'second' };
    await bridge.client.send(
      new PutTargetsCommand({ ...onward, Targets: [{ Id: 'on', Arn: busArn('third'), RoleArn }] }),
    );
    await put('by-role');
    expect(bodyOf((await bridge.drain('received'))[0])).toMatchObject({ 'detail-type': 'by-role' });
    expect(failures('received')).toMatchObject([
      { reason: expect.stringContaining('sent to an event bus target only once') as unknown },
    ]);
  });
});

const targets = (count: number) => Array.from({ length: count }, (_, n) => ({ Id: `t${n}`, Arn: queueArn('q') }));

test('a rule has five targets at most, and the sixth is refused', async () => {
  await bridge.client.send(new PutRuleCommand({ Name: 'five', EventPattern: '{"source":["a"]}' }));
  await bridge.client.send(new PutTargetsCommand({ Rule: 'five', Targets: targets(5) }));
  const sixth = new PutTargetsCommand({ Rule: 'five', Targets: [{ Id: 'sixth', Arn: queueArn('q') }] });
  await expect(bridge.client.send(sixth)).rejects.toMatchObject({ name: 'LimitExceededException' });
});
