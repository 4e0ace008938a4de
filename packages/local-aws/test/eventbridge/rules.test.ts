import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  ListEventBusesCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  TagResourceCommand,
} from '@aws-sdk/client-eventbridge';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { busArn, type EventBridgeHarness, placed, queueArn, ruleArn, startEventBridge } from './eventbridge-harness.ts';

let bridge: EventBridgeHarness;

beforeAll(async () => {
  bridge = await startEventBridge();
});

const pattern = { EventPattern: '{"source":["shop"]}' };
const send: EventBridgeHarness['client']['send'] = (...args: unknown[]) =>
  (bridge.client.send as (...given: unknown[]) => never)(...args);

describe('a rule', () => {
  test('is described as it was put, and what a second PutRule leaves out is gone', async () => {
    const { RuleArn } = await send(
      new PutRuleCommand({ Name: 'put', ...pattern, Description: 'a', State: 'DISABLED' }),
    );
    expect(RuleArn).toBe(ruleArn('put'));
    expect(await send(new DescribeRuleCommand({ Name: 'put' }))).toMatchObject({
      Name: 'put',
      Arn: ruleArn('put'),
      EventBusName: 'default',
      State: 'DISABLED',
      Description: 'a',
      ...pattern,
      CreatedBy: '000000000000',
    });
    await send(new PutRuleCommand({ Name: 'put', ScheduleExpression: 'rate(1 day)' }));
    const described = await send(new DescribeRuleCommand({ Name: 'put' }));
    expect(described).toMatchObject({ State: 'ENABLED', ScheduleExpression: 'rate(1 day)' });
    expect(described.Description ?? described.EventPattern).toBeUndefined();
  });

  test('of a custom bus has the bus in its ARN', async () => {
    await send(new CreateEventBusCommand({ Name: 'custom' }));
    const { RuleArn } = await send(new PutRuleCommand({ Name: 'r', EventBusName: busArn('custom'), ...pattern }));
    expect(RuleArn).toBe(ruleArn('custom/r'));
    expect((await send(new ListRulesCommand({ EventBusName: 'custom' }))).Rules).toMatchObject([{ Name: 'r' }]);
  });

  test('is listed by prefix and page', async () => {
    for (const Name of ['list-a', 'list-b', 'list-c']) await send(new PutRuleCommand({ Name, ...pattern }));
    const first = await send(new ListRulesCommand({ NamePrefix: 'list-', Limit: 2 }));
    expect(first.Rules?.map(({ Name }) => Name)).toEqual(['list-a', 'list-b']);
    const rest = await send(new ListRulesCommand({ NamePrefix: 'list-', Limit: 2, NextToken: first.NextToken }));
    expect(rest.Rules?.map(({ Name }) => Name)).toEqual(['list-c']);
    expect(rest.NextToken).toBeUndefined();
  });

  test('with targets stays; without them it can be deleted, also twice', async () => {
    await send(new PutRuleCommand({ Name: 'kept', ...pattern }));
    const targets = [{ Id: 'q', Arn: queueArn('q'), RetryPolicy: { MaximumRetryAttempts: 3 } }];
    await send(new PutTargetsCommand({ Rule: 'kept', Targets: targets }));
    expect((await send(new ListTargetsByRuleCommand({ Rule: 'kept' }))).Targets).toEqual(targets);
    await expect(send(new DeleteRuleCommand({ Name: 'kept' }))).rejects.toMatchObject({
      name: 'ValidationException',
      message: "Rule can't be deleted since it has targets.",
    });
    const removed = await send(new RemoveTargetsCommand({ Rule: 'kept', Ids: ['q', 'never'] }));
    expect(removed).toMatchObject({ FailedEntryCount: 0, FailedEntries: [] });
    await send(new DeleteRuleCommand({ Name: 'kept' }));
    await send(new DeleteRuleCommand({ Name: 'kept' }));
    await expect(send(new DescribeRuleCommand({ Name: 'kept' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Rule kept does not exist on EventBus default.',
    });
  });

  test.each([
    ['neither pattern nor schedule', {}, 'Parameter(s) EventPattern or ScheduleExpression must be specified.'],
    ['a schedule that is none', { ScheduleExpression: 'every day' }, 'Parameter ScheduleExpression is not valid.'],
    ['a name with a space', { ...pattern, Name: 'a b' }, 'Member must satisfy regular expression pattern'],
    ['a state that is none', { ...pattern, State: 'ON' as never }, 'Parameter State is not valid.'],
  ])('with %s is refused', async (_what, input, message) => {
    await expect(send(new PutRuleCommand({ Name: 'refused', ...input }))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message) as unknown,
    });
  });
});

const create = (Name: string) => send(new CreateEventBusCommand({ Name }));

describe('an event bus', () => {
  test('is made, described, listed and deleted', async () => {
    const { EventBusArn } = await send(new CreateEventBusCommand({ Name: 'made', Description: 'd' }));
    expect(EventBusArn).toBe(busArn('made'));
    expect(await send(new DescribeEventBusCommand({ Name: 'made' }))).toMatchObject({
      Name: 'made',
      Arn: busArn('made'),
      Description: 'd',
      CreationTime: new Date('2026-01-01T00:00:00Z'),
    });
    expect(await send(new DescribeEventBusCommand({}))).toMatchObject({ Name: 'default', Arn: busArn('default') });
    const { EventBuses } = await send(new ListEventBusesCommand({ NamePrefix: 'ma' }));
    expect(EventBuses).toMatchObject([{ Name: 'made' }]);
    await send(new DeleteEventBusCommand({ Name: 'made' }));
    await send(new DeleteEventBusCommand({ Name: 'made' }));
    await expect(send(new DescribeEventBusCommand({ Name: 'made' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Event bus made does not exist.',
    });
  });

  test('of a name that is taken, or no name, is refused', async () => {
    await expect(create('default')).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
      message: 'Event bus default already exists.',
    });
    await expect(create('a/b')).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(create('a b')).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('stays while it has rules, and the default bus stays always', async () => {
    await send(new CreateEventBusCommand({ Name: 'full' }));
    await send(new PutRuleCommand({ Name: 'r', EventBusName: 'full', ...pattern }));
    await expect(send(new DeleteEventBusCommand({ Name: 'full' }))).rejects.toMatchObject({
      message: "Event bus can't be deleted since it has rules.",
    });
    await expect(send(new DeleteEventBusCommand({ Name: 'default' }))).rejects.toMatchObject({
      message: 'Cannot delete event bus default.',
    });
  });
});

test('an operation that is not served is refused by name', async () => {
  const command = new TagResourceCommand({ ResourceARN: ruleArn('put'), Tags: [{ Key: 'a', Value: 'b' }] });
  await expect(send(command)).rejects.toMatchObject({
    name: 'NotImplemented',
    message: expect.stringContaining('events: TagResource') as unknown,
  });
});

test('a disabled rule matches nothing', async () => {
  await bridge.ruleToQueue('disabled', { State: 'DISABLED' });
  await bridge.put(placed({}, { DetailType: 'disabled' }));
  expect(await bridge.drain('disabled')).toEqual([]);
});
