import { CreateEventBusCommand, TestEventPatternCommand } from '@aws-sdk/client-eventbridge';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { accountId, bodyOf, type EventBridgeHarness, placed, region, startEventBridge } from './eventbridge-harness.ts';

let bridge: EventBridgeHarness;

beforeAll(async () => {
  bridge = await startEventBridge();
});

describe('PutEvents', () => {
  test('sends an event to the targets of rules that match, in the envelope of AWS', async () => {
    await bridge.ruleToQueue('enveloped');
    const { FailedEntryCount, Entries } = await bridge.put(
      placed({ a: [1, 'ö'] }, { DetailType: 'enveloped', Resources: ['arn:aws:s3:::b'] }),
    );
    expect(FailedEntryCount).toBe(0);
    const [message] = await bridge.drain('enveloped');
    expect(Object.entries(bodyOf(message) as object)).toEqual([
      ['version', '0'],
      ['id', Entries?.[0]?.EventId],
      ['detail-type', 'enveloped'],
      ['source', 'shop'],
      ['account', accountId],
      ['time', '2026-01-01T00:00:00Z'],
      ['region', region],
      ['resources', ['arn:aws:s3:::b']],
      ['detail', { a: [1, 'ö'] }],
    ]);
  });

  test('takes the time and the trace of the entry', async () => {
    await bridge.ruleToQueue('timed');
    const TraceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    await bridge.put(placed({}, { DetailType: 'timed', Time: new Date('2025-02-03T04:05:06.789Z'), TraceHeader }));
    const [message] = await bridge.drain('timed');
    expect(bodyOf(message)).toMatchObject({ time: '2025-02-03T04:05:06Z' });
    expect(message?.Attributes).toMatchObject({ AWSTraceHeader: TraceHeader });
  });

  test('says for each entry what is wrong, and takes the others', async () => {
    await bridge.ruleToQueue('mixed');
    const { FailedEntryCount, Entries } = await bridge.put(
      placed({}, { Source: undefined }),
      placed({}, { DetailType: '' }),
      placed({}, { Detail: undefined }),
      placed({}, { Detail: '[1]' }),
      placed({}, { Detail: '{' }),
      placed({}, { Source: 'aws.s3' }),
      placed({}, { DetailType: 'mixed' }),
    );
    expect(FailedEntryCount).toBe(6);
    expect(Entries?.map(({ ErrorCode, ErrorMessage }) => `${ErrorCode}: ${ErrorMessage}`)).toEqual([
      'InvalidArgument: Parameter Source is not valid. Reason: Source is a required argument.',
      'InvalidArgument: Parameter DetailType is not valid. Reason: DetailType is a required argument.',
      'InvalidArgument: Parameter Detail is not valid. Reason: Detail is a required argument.',
      'MalformedDetail: Detail is malformed.',
      'MalformedDetail: Detail is malformed.',
      'NotAuthorizedForSourceException: Not authorized for the source.',
      'undefined: undefined',
    ]);
    expect(await bridge.drain('mixed')).toHaveLength(1);
  });

  test('takes 10 entries and 1 MiB', async () => {
    const overhead = Buffer.byteLength('shop') + Buffer.byteLength('OrderPlaced') + '{"t":""}'.length;
    const whole = placed({ t: 'x'.repeat(1_048_576 - overhead) });
    await expect(bridge.put(whole)).resolves.toMatchObject({ FailedEntryCount: 0 });
    await expect(bridge.put(placed({ t: 'x'.repeat(1_048_577 - overhead) }))).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Total size of the entries in the request is over the limit.',
    });
    await expect(bridge.put(...Array.from({ length: 11 }, () => placed()))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('length less than or equal to 10') as unknown,
    });
    await expect(bridge.put()).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('takes events for a bus that does not exist, which go nowhere', async () => {
    await expect(bridge.put(placed({}, { EventBusName: 'nowhere' }))).resolves.toMatchObject({ FailedEntryCount: 0 });
  });

  test('puts events onto the bus that the entry names, by name or ARN', async () => {
    const { EventBusArn } = await bridge.client.send(new CreateEventBusCommand({ Name: 'shop-bus' }));
    await bridge.ruleToQueue('on-bus', { EventBusName: 'shop-bus' });
    const entry = placed({}, { DetailType: 'on-bus' });
    await bridge.put(entry, { ...entry, EventBusName: 'shop-bus' }, { ...entry, EventBusName: EventBusArn });
    expect(await bridge.drain('on-bus')).toHaveLength(2);
  });

  test('is told on the event stream, with the rules that match', async () => {
    await bridge.ruleToQueue('told');
    const { Entries } = await bridge.put(placed({}, { DetailType: 'told' }));
    expect(bridge.told.findLast(({ type }) => type === 'events-put')).toEqual({
      type: 'events-put',
      atMs: bridge.clock.now(),
      busName: 'default',
      events: [{ eventId: Entries?.[0]?.EventId, source: 'shop', detailType: 'told', ruleNames: ['told'] }],
    });
  });

  test('refuses a global endpoint, which is not here', async () => {
    const answer = await fetch(bridge.runtime.endpoint.url, {
      method: 'POST',
      headers: {
        authorization:
          'AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/events/aws4_request, SignedHeaders=host, Signature=0',
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AWSEvents.PutEvents',
      },
      body: JSON.stringify({ EndpointId: 'abc.veo', Entries: [placed()] }),
    });
    expect(await answer.json()).toMatchObject({
      __type: 'NotImplemented',
      message: expect.stringContaining('EndpointId'),
    });
  });
});

const event = (detail: object) =>
  JSON.stringify({
    id: '1',
    account: accountId,
    source: 'shop',
    time: '2026-01-01T00:00:00Z',
    region,
    resources: [],
    'detail-type': 'OrderPlaced',
    detail,
  });

const result = async (pattern: object, detail: object) => {
  const command = { EventPattern: JSON.stringify(pattern), Event: event(detail) };
  return (await bridge.client.send(new TestEventPatternCommand(command))).Result;
};

describe('a pattern', () => {
  test.each<[string, unknown, object, object]>([
    ['prefix without case', { prefix: { 'equals-ignore-case': 'ab' } }, { v: 'ABC' }, { v: 'cab' }],
    ['suffix', { suffix: '.png' }, { v: 'a.png' }, { v: 'png' }],
    ['suffix without case', { suffix: { 'equals-ignore-case': '.PNG' } }, { v: 'a.png' }, { v: 'png' }],
    ['equals-ignore-case', { 'equals-ignore-case': 'Tom' }, { v: 'tOM' }, { v: 'tom ' }],
    ['wildcard', { wildcard: 'dir/*.p?g' }, { v: 'dir/a/b.p?g' }, { v: 'dir/a.png' }],
    ['wildcard with a star itself', { wildcard: String.raw`a\**` }, { v: 'a*b' }, { v: 'ab' }],
    ['anything-but', { 'anything-but': ['a', 'b'] }, { v: 'c' }, { v: 'a' }],
    ['anything-but prefixes', { 'anything-but': { prefix: ['a', 'b'] } }, { v: 'ca' }, { v: 'bc' }],
    ['anything-but a suffix', { 'anything-but': { suffix: 'a' } }, { v: 'ab' }, { v: 'ba' }],
    ['anything-but without case', { 'anything-but': { 'equals-ignore-case': ['A'] } }, { v: 'b' }, { v: 'a' }],
    ['anything-but wildcards', { 'anything-but': { wildcard: '*/lib/*' } }, { v: '/src/a' }, { v: '/lib/a' }],
    ['numeric', { numeric: ['>', 0, '<=', 5] }, { v: 5 }, { v: 6 }],
    ['exists', { exists: true }, { v: null }, {}],
    ['does not exist', { exists: false }, {}, { v: 1 }],
    ['cidr', { cidr: '10.0.0.0/24' }, { v: '10.0.0.255' }, { v: '10.0.1.0' }],
    ['cidr of IPv6', { cidr: '2001:db8::/32' }, { v: '2001:db8::1' }, { v: '2001:db9::1' }],
    ['null', null, { v: null }, { v: 'null' }],
  ])('compares by %s', async (_kind, comparison, passes, fails) => {
    const pattern = { detail: { v: [comparison] } };
    expect([await result(pattern, passes), await result(pattern, fails)]).toEqual([true, false]);
  });

  test('has alternatives of whole parts in $or', async () => {
    const pattern = { source: ['shop'], detail: { $or: [{ a: [1] }, { b: [{ numeric: ['>', 1] }] }] } };
    expect(await Promise.all([{ a: 1 }, { b: 2 }, { b: 1 }].map((detail) => result(pattern, detail)))).toEqual([
      true,
      true,
      false,
    ]);
  });

  test.each<[string, unknown]>([
    ['is empty', {}],
    ['has a text instead of a list', { source: 'shop' }],
    ['has an empty list', { source: [] }],
    ['has an unknown comparison', { source: [{ like: 'a' }] }],
    ['has a block that is none', { source: [{ cidr: '10.0.0.0/33' }] }],
    ['has two stars in a row', { source: [{ wildcard: 'a**b' }] }],
    ['has one alternative', { $or: [{ source: ['a'] }] }],
    ['excludes two kinds at once', { source: [{ 'anything-but': { prefix: 'a', suffix: 'b' } }] }],
  ])('that %s is refused', async (_what, pattern) => {
    await expect(result(pattern as object, {})).rejects.toMatchObject({
      name: 'InvalidEventPatternException',
      message: expect.stringMatching(/^Event pattern is not valid\. Reason: /) as unknown,
    });
  });
});

test.each(['plain string', '["plain string"]', '{"testEvent":"value"}'])(
  'TestEventPattern refuses %s as an event, in the words of AWS',
  async (Event) => {
    const command = new TestEventPatternCommand({ Event, EventPattern: '{"source":["a"]}' });
    await expect(bridge.client.send(command)).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Parameter Event is not valid.',
    });
  },
);
