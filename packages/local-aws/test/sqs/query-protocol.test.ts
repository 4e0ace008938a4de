import { beforeAll, describe, expect, test } from '@jest/globals';
import { queueModel } from './queue-model.ts';
import { type SqsHarness, startSqs } from './sqs-harness.ts';

let sqs: SqsHarness;

beforeAll(async () => {
  sqs = await startSqs([queueModel('orders'), queueModel('tagged')]);
});

/** What SDKs did before SQS spoke JSON: a form to `/` or to the queue's URL, XML back. */
async function query(parameters: Record<string, string>, path = '/'): Promise<{ status: number; xml: string }> {
  const response = await fetch(sqs.endpoint.url + path, {
    method: 'POST',
    headers: { authorization: 'AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-central-1/sqs/aws4_request' },
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
    });
    expect((await query({ Action: 'ListQueues', QueueNamePrefix: 'q' })).xml).toContain(
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
  });
});
