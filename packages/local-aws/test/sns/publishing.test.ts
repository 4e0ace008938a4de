import { PublishBatchCommand, type PublishBatchRequestEntry, type PublishCommandInput } from '@aws-sdk/client-sns';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { pairOf, type SnsHarness, startSns, topicArn } from './sns-harness.ts';

let sns: SnsHarness;
let topic: string;

beforeAll(async () => {
  sns = await startSns();
  topic = await sns.createTopic('topic');
});

const batch = (PublishBatchRequestEntries: PublishBatchRequestEntry[], TopicArn = topic) =>
  sns.client.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries }));

const text = (StringValue: string) => ({ DataType: 'String', StringValue });
const quarterMiB = 262_144;

describe('a message', () => {
  test.each<[string, Partial<PublishCommandInput>]>([
    ['Invalid parameter: Empty message', { Message: '' }],
    ['Invalid parameter: Subject', { Subject: '' }],
    ['Invalid parameter: Subject', { Subject: 'a\nb' }],
    ['Invalid parameter: Subject', { Subject: 'a'.repeat(101) }],
    ['Invalid parameter: Message too long', { Message: 'a'.repeat(quarterMiB + 1) }],
    [
      'Invalid parameter: Message too long',
      { Message: 'a'.repeat(quarterMiB - 13), MessageAttributes: { key: text('value') } },
    ],
    ['Invalid parameter: Message Structure - JSON message body failed to parse', { MessageStructure: 'json' }],
    [
      'Invalid parameter: Message Structure - No default entry in JSON message body',
      { MessageStructure: 'json', Message: '{"sqs":"a"}' },
    ],
    [
      'Invalid parameter: Message Structure - No default entry in JSON message body',
      { MessageStructure: 'json', Message: '{"default":{"a":1}}' },
    ],
    ['Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 2', { TopicArn: 'a:b' }],
    ['Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter', { TopicArn: undefined }],
    [
      'Invalid parameter: TargetArn Reason: No endpoint found for the target arn specified',
      { TopicArn: undefined, TargetArn: 'arn:aws:sns:us-east-1:000000000000:endpoint/APNS/a/b' },
    ],
  ])('is refused with: %s', async (message, input) => {
    await expect(sns.publish({ TopicArn: topic, Message: 'a', ...input })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message,
    });
  });

  test('of 256 KiB with its attributes passes, and a larger one where the topic takes it', async () => {
    await sns.publish({
      TopicArn: topic,
      Message: 'a'.repeat(quarterMiB - 14),
      MessageAttributes: { key: text('value') },
    });
    const large = await sns.createTopic('large', { MaximumMessageSize: '1048576' });
    expect(await sns.publish({ TopicArn: large, Message: 'a'.repeat(1_048_576) })).toHaveProperty('MessageId');
  });

  test('to a number is refused by name, as is all that is not served', async () => {
    await expect(sns.publish({ PhoneNumber: '+15550100', Message: 'a' })).rejects.toThrow(
      'The local endpoint does not implement sns: text messages. Publish to a topic instead.',
    );
  });

  test.each<[string, string, NonNullable<PublishCommandInput['MessageAttributes']>[string]]>([
    [
      'attr1',
      "The message attribute 'attr1' must contain non-empty message attribute value for message attribute type 'String'.",
      { DataType: 'String', StringValue: '' },
    ],
    [
      'attr1',
      "The message attribute 'attr1' must contain non-empty message attribute value for message attribute type 'Binary'.",
      { DataType: 'Binary' },
    ],
    [
      'attr1',
      "The message attribute 'attr1' with type 'Number' must use field 'String'.",
      { DataType: 'Number', BinaryValue: Buffer.from('1') },
    ],
    [
      'attr1',
      "The message attribute 'attr1' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.",
      { DataType: 'Stringprefixed', StringValue: 'a' },
    ],
    ['attr1', "Could not cast message attribute 'attr1' value to number.", { DataType: 'Number', StringValue: 'two' }],
    ['a'.repeat(256), 'Length of message attribute name must be less than 256 bytes.', text('a')],
    [
      'a^b',
      "Invalid non-alphanumeric character '#x5E' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.",
      text('a'),
    ],
    ['.a', "Invalid message attribute name starting with character '.' was found.", text('a')],
    ['a.', "Invalid message attribute name ending with character '.' was found.", text('a')],
    ['a..b', "Message attribute name can not have successive '.' character.", text('a')],
  ])('has no attribute %s: %s', async (name, message, attribute) => {
    const MessageAttributes = { [name]: attribute };
    const refused = { name: 'InvalidParameterValueException', message };
    await expect(sns.publish({ TopicArn: topic, Message: 'a', MessageAttributes })).rejects.toMatchObject(refused);
    await expect(batch([{ Id: 'a', Message: 'a', MessageAttributes }])).rejects.toMatchObject(refused);
  });
});

const entriesOf = (count: number) => Array.from({ length: count }, (_, index) => ({ Id: `${index}`, Message: 'a' }));

describe('a batch', () => {
  test('is answered entry by entry, and is one event', async () => {
    const { topic: own } = await pairOf(sns, 'batch', { RawMessageDelivery: 'true' });
    const entries = ['a', 'b', 'c'].map((Message) => ({ Id: `id-${Message}`, Message }));
    const { Successful = [], Failed } = await batch(entries, own);
    expect(Successful.map(({ Id }) => Id)).toEqual(['id-a', 'id-b', 'id-c']);
    expect(Failed).toEqual([]);
    expect((await sns.drain('batch')).map(({ Body }) => Body)).toEqual(['a', 'b', 'c']);
    expect(sns.watch.ofType('messages-published').filter(({ topicName }) => topicName === 'batch')).toHaveLength(1);
  });

  test.each<[string, string, PublishBatchRequestEntry[]]>([
    [
      'TooManyEntriesInBatchRequestException',
      'The batch request contains more entries than permissible.',
      entriesOf(11),
    ],
    [
      'BatchEntryIdsNotDistinctException',
      'Two or more batch entries in the request have the same Id.',
      [...entriesOf(1), ...entriesOf(1)],
    ],
    [
      'InvalidBatchEntryIdException',
      'The Id of a batch entry in the batch request contains an impermissible character: a.b',
      [{ Id: 'a.b', Message: 'a' }],
    ],
    [
      'InvalidBatchEntryIdException',
      `The Id of a batch entry in the batch request is too long: ${'a'.repeat(81)}`,
      [{ Id: 'a'.repeat(81), Message: 'a' }],
    ],
    [
      'BatchRequestTooLongException',
      'The length of all the messages put together is more than the limit.',
      [
        { Id: 'a', Message: 'a'.repeat(quarterMiB) },
        { Id: 'b', Message: 'b' },
      ],
    ],
    [
      'InvalidParameterException',
      'Invalid parameter: Message Structure - No default entry in JSON message body',
      [{ Id: 'a', Message: '{}', MessageStructure: 'json' }],
    ],
  ])('is refused as a whole with %s: %s', async (name, message, entries) => {
    await expect(batch(entries)).rejects.toMatchObject({ name, message });
  });

  test('needs a topic that is there', async () => {
    await expect(batch(entriesOf(1), topicArn('nowhere'))).rejects.toMatchObject({ name: 'NotFoundException' });
  });
});

test('unsigned requests are refused, as everywhere', async () => {
  const response = await fetch(sns.runtime.endpoint.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'Action=ListTopics&Version=2010-03-31',
  });
  expect(response.status).toBe(501);
});
