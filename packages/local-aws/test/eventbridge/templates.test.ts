import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { describe, expect, test } from '@jest/globals';
import { MailboxService } from '../../src/services/mailbox/service.ts';
import { eventually } from '../../src/testing/eventually.ts';
import { readResources, refusalOf } from '../../src/testing/written-assembly.ts';
import { bodyOf, busArn, placed, queueArn, queuePolicy, ruleArn, startEventBridge } from './eventbridge-harness.ts';
import { putterTo, ruleWith, shopResources } from './shop-template.ts';

const ruleFor = (type: string) =>
  ruleWith({ Name: 'r', EventPattern: { 'detail-type': [type] }, Targets: [{ Id: 't', Arn: queueArn('q') }] });

const policyWith = (properties: object) => ({ Type: 'AWS::Events::EventBusPolicy', Properties: properties });

describe('a template', () => {
  test('with a bus, rules and a schedule runs as it is', async () => {
    const bridge = await startEventBridge(shopResources);
    const { put, drain, clock, told } = bridge;
    const shop = { EventBusName: 'shop' };
    await put(
      placed({ id: 'o-1', total: 12 }, shop),
      placed({ id: 'o-2', total: 9 }, shop),
      placed({ id: 'o-3', total: 12 }),
    );
    const orders = await drain('orders');
    const rule = /rule\/shop\/(.*)$/.exec(bridge.runtime.model.eventRules[0]!.arn)?.[1];
    expect(orders.map(bodyOf)).toEqual([{ order: 'o-1', total: 12, says: `Order o-1 by ${rule}` }]);
    const letters = await drain('letters');
    expect(letters.map(bodyOf)).toMatchObject([{ detail: { id: 'o-1' } }]);
    expect(letters[0]?.MessageAttributes?.['ERROR_CODE']?.StringValue).toBe('NO_RESOURCE');

    await put(placed({}, { ...shop, DetailType: 'Copied' }));
    expect((await drain('copied')).map(bodyOf)).toMatchObject([{ 'detail-type': 'Copied' }]);

    await put(placed({ a: 1 }, { DetailType: 'Told' }));
    await clock.advance(0);
    const mail = await eventually(
      () => told.find((event) => event.type === 'mail-delivered'),
      (event) => event !== undefined,
    );
    expect(mail).toMatchObject({ source: 'sns', to: ['a@shop.example'] });
    expect(JSON.stringify(bridge.runtime.service(MailboxService).mailbox.mails())).toMatch(/\{\\*"a\\*":1\}/);

    await clock.advance(2 * 3_600_000);
    const logged = await eventually(
      () => told.find((event) => event.type === 'log' && event.source === 'function'),
      (event) => event !== undefined,
    );
    expect(logged).toMatchObject({
      functionName: 'nightly',
      message: expect.stringContaining('{"task":"sweep"}') as unknown,
    });
  });

  test('lets a function put events as its role says', async () => {
    const bridge = await startEventBridge({
      ...shopResources,
      May: putterTo({ Ref: 'Bus' }),
      MayNot: putterTo({ Ref: 'Copy' }),
    });
    const answerOf = async (logicalId: string) => {
      const { name } = bridge.runtime.model.functions.find((fn) => fn.logicalId === logicalId)!;
      return JSON.parse((await bridge.runtime.lambda.invoke(name, '{}')).payload) as unknown;
    };
    const [may, mayNot] = await Promise.all([answerOf('May'), answerOf('MayNot')]);
    expect(may).toMatchObject({ FailedEntryCount: 0 });
    expect(mayNot).toMatch(/^AccessDeniedException: .*events:PutEvents on resource: .*event-bus\/copy/);
  });

  test('that changes changes its rules, and leaves what clients made', async () => {
    const bridge = await startEventBridge({ Rule: ruleFor('a') });
    await bridge.createQueue('q');
    await bridge.client.send(new PutRuleCommand({ Name: 'own', EventPattern: '{"detail-type":["own"]}' }));
    await bridge.client.send(new PutTargetsCommand({ Rule: 'own', Targets: [{ Id: 't', Arn: queueArn('q') }] }));
    await bridge.reload({ Rule: ruleFor('b') });
    await bridge.put(...['a', 'b', 'own'].map((DetailType) => placed({}, { DetailType })));
    expect((await bridge.drain('q')).map(bodyOf)).toMatchObject([{ 'detail-type': 'b' }, { 'detail-type': 'own' }]);
    await bridge.reload({});
    await bridge.put(...['a', 'b', 'own'].map((DetailType) => placed({}, { DetailType })));
    expect((await bridge.drain('q')).map(bodyOf)).toMatchObject([{ 'detail-type': 'own' }]);
  });

  test('names a rule of a custom bus with the bus', () => {
    const model = readResources({
      Rule: ruleWith({ Name: 'r', EventBusName: busArn('shop'), EventPattern: { source: ['a'] } }),
    });
    expect(model.eventRules).toMatchObject([{ arn: ruleArn('shop/r'), busName: 'shop' }]);
    expect(model.stacks[0]?.resources).toMatchObject([{ physicalId: 'shop|r' }]);
  });

  test('says who may use a bus', () => {
    const statement = queuePolicy('x').Statement[0];
    const model = readResources({
      Bus: shopResources.Bus,
      One: policyWith({
        EventBusName: { Ref: 'Bus' },
        StatementId: 'one',
        Statement: { ...statement, Action: 'events:PutEvents' },
      }),
      Two: policyWith({
        EventBusName: { Ref: 'Bus' },
        StatementId: 'two',
        Action: 'events:PutEvents',
        Principal: '111111111111',
      }),
    });
    expect(model.eventBuses[0]?.policies[0]?.Statement).toMatchObject([
      { Sid: 'one' },
      { Sid: 'two', Effect: 'Allow', Principal: { AWS: '111111111111' }, Resource: busArn('shop') },
    ]);
  });

  test.each<[string, object]>([
    ['a pattern that can never match', { EventPattern: { source: 'shop' } }],
    ['a schedule that is none', { ScheduleExpression: 'cron(0 2 * * * *)' }],
    ['a schedule on a custom bus', { ScheduleExpression: 'rate(1 day)', EventBusName: 'shop' }],
    ['neither pattern nor schedule', {}],
    [
      'a FIFO queue without a group',
      { EventPattern: { source: ['a'] }, Targets: [{ Id: 't', Arn: queueArn('q.fifo') }] },
    ],
  ])('whose rule has %s is refused as CloudFormation would', (_what, properties) => {
    expect(refusalOf({ Rule: ruleWith(properties) })).toMatchObject({
      code: 'REFUSED_BY_AWS',
      place: { logicalId: 'Rule' },
    });
  });
});
