import { beforeAll, describe, expect, test } from '@jest/globals';
import { queueModel } from './queue-model.ts';
import { type SqsHarness, startSqs } from './sqs-harness.ts';

let sqs: SqsHarness;

beforeAll(async () => {
  sqs = await startSqs([queueModel('orders'), queueModel('tagged')]);
});

const Version = '2012-11-05';
const authorization = 'AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-central-1/sqs/aws4_request';

/** A request as from a browser or a script, with everything in the URL. */
async function get(path: string, parameters: Record<string, string> = {}, headers: Record<string, string> = {}) {
  const url = `${sqs.endpoint.url}${path}?${new URLSearchParams(parameters).toString()}`;
  const response = await fetch(url, { headers: { authorization, ...headers } });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

/** What SDKs did before SQS spoke JSON: a form to `/` or to the queue's URL, XML back. */
async function query(parameters: Record<string, string>, path = '/'): Promise<{ status: number; xml: string }> {
  const response = await fetch(sqs.endpoint.url + path, {
    method: 'POST',
    headers: { authorization },
    body: new URLSearchParams(parameters),
  });
  expect(response.headers.get('content-type')).toBe('text/xml');
  expect(response.headers.get('x-amzn-requestid')).toMatch(/^[\da-f-]{36}$/);
  return { status: response.status, xml: await response.text() };
}

describe('SQS by the Query protocol', () => {
  test('sends to the queue whose URL the request goes to, attributes included, and receives it', async () => {
    const sent = await query(
      {
        Action: 'SendMessage',
        MessageBody: 'a < b & "c"\r\n',
        'MessageAttribute.1.Name': 'kind',
        'MessageAttribute.1.Value.DataType': 'String',
        'MessageAttribute.1.Value.StringValue': 'test',
      },
      '/000000000000/orders',
    );
    expect(sent.status).toBe(200);
    expect(sent.xml).toContain('<SendMessageResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/">');

    const { xml } = await query({
      Action: 'ReceiveMessage',
      QueueUrl: sqs.url('orders'),
      'AttributeName.1': 'ApproximateReceiveCount',
      'MessageAttributeName.1': 'All',
      MaxNumberOfMessages: '10',
    });
    expect(xml).toContain('<Body>a &lt; b &amp; &quot;c&quot;&#13;\n</Body>');
    expect(xml).toContain('<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>');
    expect(xml).toContain(
      '<MessageAttribute><Name>kind</Name><Value><StringValue>test</StringValue><DataType>String</DataType></Value></MessageAttribute>',
    );
  });

  test('reads the flattened entries of a batch', async () => {
    const { xml } = await query({
      Action: 'SendMessageBatch',
      QueueUrl: sqs.url('orders'),
      'SendMessageBatchRequestEntry.1.Id': 'a',
      'SendMessageBatchRequestEntry.1.MessageBody': 'one',
      'SendMessageBatchRequestEntry.2.Id': 'b',
      'SendMessageBatchRequestEntry.2.MessageBody': 'two',
      'SendMessageBatchRequestEntry.2.DelaySeconds': '901',
    });
    expect(xml).toContain('<SendMessageBatchResultEntry><Id>a</Id>');
    expect(xml).toContain('<BatchResultErrorEntry><Id>b</Id><SenderFault>true</SenderFault>');
  });

  test('creates, lists, tags and describes queues', async () => {
    await query({
      Action: 'CreateQueue',
      QueueName: 'q',
      'Attribute.1.Name': 'DelaySeconds',
      'Attribute.1.Value': '3',
      Version,
    });
    expect((await query({ Action: 'ListQueues', QueueNamePrefix: 'q', Version })).xml).toContain(
      `<ListQueuesResult><QueueUrl>${sqs.url('q')}</QueueUrl></ListQueuesResult>`,
    );
    const attributes = await query({
      Action: 'GetQueueAttributes',
      QueueUrl: sqs.url('q'),
      'AttributeName.1': 'DelaySeconds',
    });
    expect(attributes.xml).toContain('<Attribute><Name>DelaySeconds</Name><Value>3</Value></Attribute>');
    await query({ Action: 'TagQueue', QueueUrl: sqs.url('q'), 'Tag.1.Key': 'k', 'Tag.1.Value': 'v' });
    expect((await query({ Action: 'ListQueueTags', QueueUrl: sqs.url('q') })).xml).toContain(
      '<Tag><Key>k</Key><Value>v</Value></Tag>',
    );
  });

  test('has a longer text for a queue that does not exist', async () => {
    const { xml } = await query({ Action: 'ReceiveMessage', QueueUrl: sqs.url('none') });
    expect(xml).toContain('<Message>The specified queue does not exist for this wsdl version.</Message>');
  });

  test.each([
    [{ Action: 'ReceiveMessage', QueueUrl: '/000000000000/none' }, 400, 'AWS.SimpleQueueService.NonExistentQueue'],
    [{ Action: 'ReceiveMessage', QueueUrl: '/000000000000/orders', MaxNumberOfMessages: 'x' }, 400, 'MalformedInput'],
    [{ Action: 'ReceiveMessage' }, 400, 'MissingParameter'],
    [{ Action: 'FlyQueue' }, 400, 'InvalidAction'],
  ])('answers %j with %i %s', async (parameters, status, code) => {
    const answer = await query(parameters);
    expect(answer.status).toBe(status);
    expect(answer.xml).toContain(`<ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><Error>`);
    expect(answer.xml).toContain(`<Type>Sender</Type><Code>${code}</Code>`);
    expect(answer.xml).toContain('</Message><Detail/></Error>');
  });

  test('a result without members is an empty element', async () => {
    const { xml } = await query({ Action: 'ReceiveMessage', QueueUrl: sqs.url('tagged') });
    expect(xml).toContain('<ReceiveMessageResult/>');
  });

  test("a queue's URL without an action is an unknown operation, in XML whatever is accepted", async () => {
    for (const accept of ['*/*', 'application/json']) {
      const { status, text } = await get('/000000000000/orders', {}, { accept });
      expect([status, text]).toEqual([404, '<?xml version="1.0"?><UnknownOperationException/>']);
    }
  });

  test('takes the action from the URL and the rest from the form', async () => {
    const path = `/000000000000/orders?${new URLSearchParams({ Action: 'SendMessage', Version }).toString()}`;
    const { status, xml } = await query({ MessageBody: 'in the form' }, path);
    expect([status, xml]).toEqual([200, expect.stringContaining('<MessageId>')]);
  });

  test.each([
    ['/000000000000/orders', { Action: 'CreateQueue', QueueName: 'other', Version }],
    ['/000000000000/orders', { Action: 'ListQueues', Version }],
    ['/', { Action: 'ListQueues' }],
  ])('at %s, %j is no action', async (path, parameters) => {
    const { status, text } = await get(path, parameters);
    expect(status).toBe(400);
    expect(text).toContain('<Code>InvalidAction</Code>');
    expect(text).toContain(`<Message>The action ${parameters.Action} is not valid for this endpoint.</Message>`);
  });

  test('answers in JSON who accepts JSON', async () => {
    const accept = { accept: 'application/json' };
    const ask = async (path: string, parameters: Record<string, string>) => {
      const { status, type, text } = await get(path, parameters, accept);
      return { status, type, document: JSON.parse(text) as unknown };
    };
    expect(await ask('/', { Action: 'ListQueues', QueueNamePrefix: 'orders', Version })).toMatchObject({
      status: 200,
      type: 'application/json',
      document: { ListQueuesResponse: { ListQueuesResult: { queueUrls: [sqs.url('orders')] } } },
    });
    await get('/000000000000/tagged', { Action: 'SendMessage', MessageBody: '{"a":1}' });
    expect(
      await ask('/000000000000/tagged', { Action: 'ReceiveMessage', 'AttributeName.1': 'SentTimestamp' }),
    ).toMatchObject({
      document: {
        ReceiveMessageResponse: {
          ReceiveMessageResult: { messages: [{ Body: '{"a":1}', Attributes: [{ Name: 'SentTimestamp' }] }] },
        },
      },
    });
    expect(await ask('/000000000000/orders', { Action: 'ListQueues' })).toMatchObject({
      status: 400,
      document: { Error: { Code: 'InvalidAction', Type: 'Sender' } },
    });
  });
});
