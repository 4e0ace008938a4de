import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type App, Aspects, type CfnResource, Duration, NestedStack, Stack } from 'aws-cdk-lib';
import { Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { type CfnQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { QueueDoctor } from '../../src/cdk/queue-doctor.ts';
import { code, newApp, said, type Settings, stackWith } from './sound-stack.ts';

/** A nested stack whose function takes longer than its queue hides messages. */
function nestedStack() {
  const app = newApp();
  const stack = new Stack(app, 'Stack');
  const nested = new NestedStack(stack, 'Nested');
  const queue = new Queue(nested, 'Work', { visibilityTimeout: Duration.seconds(2) });
  const worker = new Function(nested, 'Worker', { code, handler: 'index.handler', runtime: Runtime.NODEJS_24_X });
  worker.addEventSource(new SqsEventSource(queue, { reportBatchItemFailures: true }));
  Aspects.of(app).add(new QueueDoctor());
  return { nested, queue: queue.node.defaultChild as CfnQueue };
}

const filesOf = (stack: Stack) =>
  new Set(readdirSync((stack.node.root as App).outdir, { recursive: true }).map(String));

describe('a property that an override changes', () => {
  test('is not judged', () => {
    const stack = stackWith({ queue: { visibilityTimeout: Duration.seconds(5) } });
    (stack.node.findChild('Work').node.defaultChild as CfnQueue).addPropertyOverride('VisibilityTimeout', 60);
    expect(said(stack)).toEqual([]);
  });

  test.each<[string, string, unknown]>([
    ['Work', 'RedrivePolicy.maxReceiveCount', 6],
    ['Failures', 'MessageRetentionPeriod', 1_209_600],
    ['Worker', 'ReservedConcurrentExecutions', 5],
  ])('leaves the others to be judged: %s.%s', (id, path, value) => {
    const wrong: Settings = {
      queue: { retentionPeriod: Duration.days(14) },
      deadLetterQueue: { retentionPeriod: Duration.days(4) },
      function: { reservedConcurrentExecutions: 4 },
    };
    const before = said(stackWith(wrong));
    expect(before).toEqual(['error dead-letters-expire-early', 'error reserved-concurrency-too-low']);
    const stack = stackWith(wrong);
    (stack.node.findChild(id).node.defaultChild as CfnResource).addPropertyOverride(path, value);
    const gone = id === 'Worker' ? before[1] : before[0];
    expect(said(stack)).toEqual(before.filter((each) => each !== gone));
  });

  test('is found in a nested stack', () => {
    const plain = nestedStack();
    expect(said(plain.nested)).toContain('error timeout-above-visibility');
    const overridden = nestedStack();
    overridden.queue.addPropertyOverride('VisibilityTimeout', 18);
    expect(said(overridden.nested)).toEqual(['warning no-dead-letter-queue at /Stack/Nested/Work/Resource']);
  });

  test('is looked for without a trace in the output', () => {
    const sound = stackWith();
    said(sound);
    const warned = stackWith({ mapping: { enabled: false } });
    expect(said(warned)).toHaveLength(1);
    expect(filesOf(warned)).toEqual(filesOf(sound));
  });
});
