import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Shape } from '../../src/endpoint/api.ts';
import { isObject } from '../../src/endpoint/json.ts';
import { SnsService } from '../../src/services/sns/service.ts';
import { inputOf } from '../endpoint/any-input.ts';
import { pairOf, queueArn, type SnsHarness, startSns } from './sns-harness.ts';

let sns: SnsHarness;
let known: Record<string, readonly unknown[]>;

beforeAll(async () => {
  sns = await startSns();
  const { topic, subscription } = await pairOf(sns, 'orders', { FilterPolicyScope: 'MessageBody' });
  const { topic: fifo } = await pairOf(sns, 'orders.fifo');
  const policies = ['{"a":[{"prefix":"x"}]}', '{"$or":[{"a":[1]},{"b":[{"numeric":[">",1]}]}]}', '{"a":', '[]', '5'];
  known = {
    TopicArn: [topic, fifo],
    TargetArn: [topic],
    ResourceArn: [topic],
    SubscriptionArn: [subscription, topic],
    Protocol: ['sqs', 'email', 'lambda', 'http'],
    Endpoint: [queueArn('orders'), 'a@b.example', 'arn:aws:lambda:us-east-1:000000000000:function:f'],
    AttributeName: ['FilterPolicy', 'RedrivePolicy', 'Policy', 'RawMessageDelivery', 'DeliveryPolicy', 'DisplayName'],
    AttributeValue: [...policies, '{"Statement":[null]}', 'true'],
    Attributes: policies.map((FilterPolicy) => ({ FilterPolicy })),
    MessageStructure: ['json'],
    Message: ['{"default":"a"}', '{"a.b":{"c":[[]]}}'],
    MessageGroupId: ['g'],
  };
});

/** The parameters of a Query request, as far as the value fits the shape. */
function parametersOf(name: string, value: unknown, shape: Shape | undefined): [string, string][] {
  if (Array.isArray(value)) {
    const inner = typeof shape === 'object' && 'list' in shape ? shape.list : undefined;
    return value.flatMap((item, index) => parametersOf(`${name}.member.${index + 1}`, item, inner));
  }
  if (!isObject(value)) return [[name, typeof value === 'string' ? value : JSON.stringify(value)]];
  if (typeof shape === 'object' && 'map' in shape) {
    const [keyName, valueName] = shape.entry;
    return Object.entries(value).flatMap(([key, item], index) => {
      const at = `${name}.entry.${index + 1}`;
      return [[`${at}.${keyName}`, key], ...parametersOf(`${at}.${valueName}`, item, shape.map)] as [string, string][];
    });
  }
  const members = typeof shape === 'object' && 'members' in shape ? shape.members : {};
  return Object.entries(value).flatMap(([key, item]) => parametersOf(`${name}.${key}`, item, members[key]));
}

/** `FUZZ_RUNS=2000 npm test -- sns/any-input` looks longer. */
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 8);

test('anything in any parameter gets a clear answer from any operation', async () => {
  const { rpc } = sns.runtime.service(SnsService);
  const headers = {
    authorization: 'AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/sns/aws4_request',
    'content-type': 'application/x-www-form-urlencoded',
  };
  for (const [action, { input = { members: {} } }] of Object.entries(rpc.operations)) {
    const property = fc.asyncProperty(inputOf(input, known), async (given) => {
      const parameters = Object.entries(given).flatMap(([name, value]) =>
        parametersOf(name, value, input.members[name]),
      );
      const body = new URLSearchParams([['Action', action], ...parameters]).toString();
      const response = await fetch(sns.runtime.endpoint.url, { method: 'POST', headers, body });
      expect(`${response.status} ${await response.text()}`).toMatch(
        /^200 |^4\d\d .*<Message>.+<\/Message>|^501 .*does not implement/s,
      );
    });
    await fc.assert(property, { numRuns });
  }
  expect(sns.watch.ofType('notice').filter(({ level }) => level === 'error')).toEqual([]);
});
