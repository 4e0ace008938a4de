import { expect, test } from '@jest/globals';
import {
  consumer,
  endpointUrl,
  functionWith,
  mappingWith,
  queueWith,
  readStacks,
} from '../../src/testing/written-assembly.ts';

const arn = 'arn:aws:sqs:eu-west-1:444455556666:jobs';
const resources = (EventSourceArn: unknown, Timeout = 3) => ({
  ...consumer,
  Consumer: functionWith({ Timeout }),
  Mapping: mappingWith({ EventSourceArn }),
});
const read = (Resources: object, queues: string[], environment?: string) =>
  readStacks({ Shop: { template: { Resources }, ...(environment !== undefined && { environment }) } }, { queues });

test('a mapping of a queue that no stack makes is refused, and the remedy names the option', () => {
  expect(() => read(resources(arn), [])).toThrow(`--queue ${arn}`);
  const RedrivePolicy = { deadLetterTargetArn: arn, maxReceiveCount: 5 };
  expect(() => read({ Orders: queueWith({ RedrivePolicy }) }, [])).toThrow(`--queue ${arn}`);
});

test('a queue given by its ARN is there, in the account and region of the ARN', () => {
  const model = read(resources(arn), [arn]);
  expect(model).toMatchObject({ region: 'eu-west-1', accountId: '444455556666' });
  expect(model.queues).toMatchObject([{ name: 'jobs', arn, visibilityTimeoutSeconds: 30, fifo: false }]);
  expect(model.mappings).toMatchObject([{ queueArn: arn }]);
});

test('a queue given by its name is there, in the account and region of the stacks', () => {
  const source = { 'Fn::Sub': 'arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:jobs.fifo' };
  const model = read(resources(source), ['jobs.fifo']);
  expect(model.queues).toMatchObject([{ arn: 'arn:aws:sqs:us-east-1:000000000000:jobs.fifo', fifo: true }]);
});

test('its attributes can be given', () => {
  expect(() => read(resources(arn, 60), [arn])).toThrow('Queue visibility timeout: 30 seconds is less than');
  expect(read(resources(arn, 60), [`${arn},VisibilityTimeout=360`]).queues[0]?.visibilityTimeoutSeconds).toBe(360);
  expect(() => read({}, ['jobs,Visibility=360'])).toThrow(expect.objectContaining({ code: 'PROPERTY_UNKNOWN' }));
  expect(() => read({}, ['jobs,VisibilityTimeout'])).toThrow(expect.objectContaining({ code: 'PROPERTY_INVALID' }));
});

test('a queue of another account than that of the stacks, and one that a stack makes, are refused', () => {
  expect(() => read({}, [arn], 'aws://111122223333/eu-west-1')).toThrow(
    expect.objectContaining({ code: 'SEVERAL_ENVIRONMENTS' }),
  );
  expect(() => read({ Orders: queueWith({ QueueName: 'orders' }) }, ['orders'])).toThrow(
    expect.objectContaining({ code: 'DUPLICATE_NAME' }),
  );
});

const urlIn = (region: string) => ({
  'Fn::Join': ['', [`https://sqs.${region}.`, { Ref: 'AWS::URLSuffix' }, '/444455556666/jobs']],
});

test('its URL, which the CDK writes out, leads to the endpoint, and one of another account stays', () => {
  const Variables = { HERE: urlIn('eu-west-1'), AWAY: urlIn('eu-west-2') };
  const Consumer = functionWith({ Environment: { Variables } });
  expect(read({ ...consumer, Consumer }, [arn]).functions[0]?.environment).toEqual({
    HERE: `${endpointUrl}/444455556666/jobs`,
    AWAY: 'https://sqs.eu-west-2.amazonaws.com/444455556666/jobs',
  });
});
