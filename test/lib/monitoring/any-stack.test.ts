import { describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { PipelineMonitoring } from '../../../lib/monitoring/pipeline-monitoring.ts';
import { newOutputFolder } from '../synthesize.ts';
import { alarmsOf } from './synthesized-alarms.ts';

interface Resource {
  readonly Properties?: {
    readonly DashboardName?: unknown;
    readonly AlarmName?: string;
    readonly TopicName?: string;
    readonly Name?: string;
  };
}

/** A queue, a function that consumes it, and what watches them. */
function theirStack(id: string): Stack {
  const stack = new Stack(new App({ outdir: newOutputFolder() }), id);
  const queue = new Queue(stack, 'Queue');
  const worker = new Function(stack, 'Worker', {
    code: Code.fromInline('exports.handler = async () => {};'),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
  });
  // oxlint-disable-next-line no-new -- a construct belongs to its scope.
  new PipelineMonitoring(stack, 'Monitoring', {
    pipeline: {
      orders: {
        name: 'jobs',
        queue,
        receivesBefore: 0,
        maxReceiveCount: 3,
        consumer: {
          name: 'worker',
          function: worker,
          logGroup: new LogGroup(stack, 'Logs'),
          settings: {
            timeoutSeconds: 30,
            memoryMb: 128,
            batchSize: 10,
            windowSeconds: 0,
            maximumConcurrency: 2,
            partialBatchResponses: true,
          },
        },
      },
      lastStop: new Queue(stack, 'Dead'),
    },
  });
  return stack;
}

describe('in a stack of somebody else', () => {
  test('a queue and its consumer are enough', () => {
    const template = Template.fromStack(theirStack('Theirs'));
    expect(alarmsOf(template).map(({ id, Threshold }) => [id, Threshold])).toEqual([
      ['OrdersWait', 540],
      ['SlowDrain', 540],
      ['Parked', 1],
      ['WorkerErrors', 3],
      ['WorkerThrottles', 1],
    ]);
    template.resourceCountIs('AWS::Logs::QueryDefinition', 3);
  });

  test('two pipelines in one account are in nobody’s way', () => {
    const named = ['One', 'Two'].map((id) =>
      Object.values(Template.fromStack(theirStack(id)).toJSON()['Resources'] as Record<string, Resource>).flatMap(
        ({ Properties: { DashboardName, AlarmName, TopicName, Name } = {} }) =>
          [DashboardName, AlarmName, TopicName, Name]
            .filter((name) => name !== undefined)
            .map((name) => JSON.stringify(name)),
      ),
    );
    expect(named[0]!.length).toBeGreaterThan(0);
    expect(named[0]!.filter((name) => named[1]!.includes(name))).toEqual([]);
  });
});
