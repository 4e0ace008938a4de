import { describe, expect, test } from '@jest/globals';
import { readResources, refusalOf } from '../../src/testing/written-assembly.ts';
import { queueArn, topicArn } from './sns-harness.ts';
import { subscriptionWith, topicWith } from './template-parts.ts';

const news = topicArn('news');

const output = (value: unknown, more: object = {}) =>
  readResources({ News: topicWith({ TopicName: 'news' }), ...more }, { Outputs: { It: { Value: value } } }).stacks[0]
    ?.outputs[0]?.value;

const toQueue = (properties: object) => subscriptionWith({ Protocol: 'sqs', Endpoint: queueArn('q'), ...properties });

describe('in a template', () => {
  test('references give what CloudFormation gives', () => {
    expect(output({ Ref: 'News' })).toBe(news);
    expect(output({ 'Fn::GetAtt': ['News', 'TopicName'] })).toBe('news');
    expect(output({ 'Fn::GetAtt': ['News', 'TopicArn'] })).toBe(news);
    const more = { Sub: subscriptionWith({ Protocol: 'email', Endpoint: 'a@b.example' }) };
    expect(output({ Ref: 'Sub' }, more)).toMatch(/^arn:aws:sns:us-east-1:000000000000:news:[\da-f-]{36}$/);
    expect(output({ 'Fn::GetAtt': ['Sub', 'Arn'] }, more)).toBe(output({ Ref: 'Sub' }, more));
  });

  test('names are made up in the form of CloudFormation', () => {
    expect(readResources({ News: topicWith() }).topics[0]?.name).toMatch(/^Shop-News-[A-Z\d]{12}$/);
    const [fifo] = readResources({ News: topicWith({ FifoTopic: true, ContentBasedDeduplication: true }) }).topics;
    expect(fifo).toMatchObject({
      name: expect.stringMatching(/\.fifo$/),
      settings: { contentBasedDeduplication: true },
    });
  });

  test('a topic can bring its subscriptions', () => {
    const inline = [{ Protocol: 'email', Endpoint: 'a@b.example' }];
    expect(readResources({ News: topicWith({ Subscription: inline }) }).subscriptions).toMatchObject(
      [inline[0]].map(() => ({ protocol: 'email', endpoint: 'a@b.example' })),
    );
  });

  test.each<[string, object]>([
    ['Invalid parameter: Topic Name', { News: topicWith({ TopicName: 'news', FifoTopic: true }) }],
    ['Invalid parameter: MaximumMessageSize', { News: topicWith({ MaximumMessageSize: 10 }) }],
    [
      'Invalid parameter: Attributes Reason: FilterPolicy: Unrecognized match type wildcard',
      {
        News: topicWith(),
        Sub: subscriptionWith({ Protocol: 'sqs', Endpoint: queueArn('q'), FilterPolicy: { a: [{ wildcard: '*' }] } }),
      },
    ],
    [
      'FIFO SQS Queues can not be subscribed to standard SNS topics',
      { News: topicWith(), Sub: subscriptionWith({ Protocol: 'sqs', Endpoint: queueArn('q.fifo') }) },
    ],
  ])('what AWS refuses is refused: %s', (message, refused) => {
    expect(refusalOf(refused)).toMatchObject({ code: 'REFUSED_BY_AWS', message: expect.stringContaining(message) });
  });

  test('an endpoint has one subscription to a topic', () => {
    const twice = { News: topicWith(), One: toQueue({}), Two: toQueue({ RawMessageDelivery: false }) };
    expect(readResources(twice).subscriptions).toMatchObject([{ logicalId: 'One' }]);
    expect(refusalOf({ ...twice, Two: toQueue({ RawMessageDelivery: true }) }).message).toContain(
      'Invalid parameter: Attributes Reason: Subscription already exists with different attributes',
    );
  });

  test('two topics of one name are refused', () => {
    const [News, Twin] = [topicWith({ TopicName: 'news' }), topicWith({ TopicName: 'news' })];
    expect(refusalOf({ News, Twin }).code).toBe('DUPLICATE_NAME');
  });
});
