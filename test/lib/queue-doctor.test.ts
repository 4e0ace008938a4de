import { describe, expect, test } from '@jest/globals';
import { Aspects, Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { QueueDoctor } from 'queue-doctor/cdk';
import { newApp, said } from 'queue-doctor/testing';
import { type Configuration, presets } from '../../lib/configuration/configuration.ts';
import { OrderPipelineStack } from '../../lib/stacks/order-pipeline-stack.ts';
import { QueueConsumer } from '../../lib/queue-consumer.ts';

const { production, lab } = presets;
const code = Code.fromInline('exports.handler = async () => ({ batchItemFailures: [] })');

const pipeline = (configuration: Configuration) =>
  new OrderPipelineStack(newApp({ context: { 'aws:cdk:bundling-stacks': [] } }), 'OrderPipeline', { configuration });

describe('synthesis of a stack with QueueConsumer', () => {
  test('stops when a batch of slow records takes longer than the timeout', () => {
    const app = newApp();
    const stack = new Stack(app, 'Stack');
    const queue = Queue.fromQueueArn(stack, 'Imported', 'arn:aws:sqs:eu-west-1:111122223333:work');
    const settings = { ...production.processOrders, slowestRecordSeconds: 1.01 };
    const consumer = new QueueConsumer(stack, 'Print', {
      name: 'print',
      description: 'Prints.',
      code,
      queue,
      settings,
    });
    Aspects.of(consumer).add(new QueueDoctor());
    expect(() => app.synth()).toThrow('A batch of 10 × 1.01 s for a record at worst = 10.1 s, above the timeout');
  });
});

describe('synthesis of the order pipeline', () => {
  test.each([production, lab])('says nothing of a preset', (preset) => {
    expect(said(pipeline(preset))).toEqual([]);
  });

  test('finds in the lab what is acknowledged for it, and nothing else', () => {
    const found = said(pipeline({ ...lab, acknowledged: [] })).map((each) => each.split(' ')[1]);
    expect(new Set(found)).toEqual(new Set(lab.acknowledged.map((each) => each.code)));
    for (const { reason } of lab.acknowledged) expect(reason).toMatch(/^[A-Z].{20,}\.$/);
  });

  test.each<[string, Partial<Configuration>]>([
    ['failures', { badOrders: { retentionSeconds: production.orders.retentionSeconds } }],
    ['parked messages', { parkedOrders: { retentionSeconds: 60 } }],
  ])('stops when %s would expire early', (_what, changes) => {
    expect(said(pipeline({ ...production, ...changes }))).toEqual(['error dead-letters-expire-early']);
  });

  test('warns when failures might be parked before they can be written down', () => {
    const failedOrders = { ...production.failedOrders, maxReceiveCount: production.maxReceiveCount };
    expect(said(pipeline({ ...production, failedOrders }))).toEqual([
      'warning dead-letters-move-on-at-once at /OrderPipeline/Queues/BadOrders/Resource',
    ]);
  });

  test('stops when fewer executions are reserved than the mapping may start', () => {
    const processOrders = { ...production.processOrders, reservedConcurrency: 9 };
    expect(said(pipeline({ ...production, processOrders }))).toEqual(['error reserved-concurrency-too-low']);
  });
});
