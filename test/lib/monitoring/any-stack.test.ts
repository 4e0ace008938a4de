import { describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Metric, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { type Contribution, together } from '../../../lib/monitoring/contribution.ts';
import { Monitoring } from '../../../lib/monitoring/monitoring.ts';
import { watchFunction } from '../../../lib/monitoring/watch-function.ts';
import { watchLastStop, watchQueue } from '../../../lib/monitoring/watch-queue.ts';
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

/** A queue and a function that consumes it, watched together with whatever else there is. */
function theirStack(id: string, more: readonly Contribution[] = []): Stack {
  const stack = new Stack(new App({ outdir: newOutputFolder() }), id);
  const queue = new Queue(stack, 'Queue');
  const worker = new Function(stack, 'Worker', {
    code: Code.fromInline('exports.handler = async () => {};'),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
  });
  const jobs = watchQueue({
    name: 'jobs',
    queue,
    receivesBefore: 0,
    maxReceiveCount: 3,
    consumer: {
      name: 'worker',
      function: worker,
      logGroup: new LogGroup(stack, 'Logs'),
      settings: { timeoutSeconds: 30, memoryMb: 128, windowSeconds: 0, maximumConcurrency: 2 },
    },
  });
  // oxlint-disable-next-line no-new -- a construct belongs to its scope.
  new Monitoring(stack, 'Monitoring', { parts: [jobs, watchLastStop(new Queue(stack, 'Dead')), ...more] });
  return stack;
}

describe('in a stack of somebody else', () => {
  test('a queue and its consumer are enough', () => {
    const template = Template.fromStack(theirStack('Theirs'));
    expect(alarmsOf(template).map(({ id, Threshold }) => [id, Threshold])).toEqual([
      ['JobsWait', 540],
      ['JobsSlowDrain', 540],
      ['Parked', 1],
      ['WorkerErrors', 3],
      ['WorkerThrottles', 1],
    ]);
    template.resourceCountIs('AWS::Logs::QueryDefinition', 2);
  });

  test('two queues with their last stops share a dashboard', () => {
    const stack = new Stack(new App({ outdir: newOutputFolder() }), 'Two');
    const consumer = {
      name: 'worker',
      function: Function.fromFunctionName(stack, 'Worker', 'worker'),
      logGroup: new LogGroup(stack, 'Logs'),
      settings: { timeoutSeconds: 30, memoryMb: 128, windowSeconds: 0, maximumConcurrency: 2 },
    };
    const parts = ['jobs', 'print-jobs'].map((name) => {
      const watched = { name, queue: new Queue(stack, name), receivesBefore: 0, maxReceiveCount: 3 };
      const named = { ...consumer, name: `${name}-worker` };
      return together([
        watchQueue({ ...watched, consumer: named }),
        watchLastStop(new Queue(stack, `dead-${name}`), `dead-${name}`),
      ]);
    });
    // oxlint-disable-next-line no-new -- a construct belongs to its scope.
    new Monitoring(stack, 'Monitoring', { parts });
    const ids = alarmsOf(Template.fromStack(stack)).map(({ id }) => id);
    expect(ids.filter((id) => /Parked|SlowDrain/.test(id)).toSorted()).toEqual([
      'DeadJobsParked',
      'DeadPrintJobsParked',
      'JobsSlowDrain',
      'PrintJobsSlowDrain',
    ]);
  });

  test('an address that is named twice is told once', () => {
    const stack = new Stack(new App({ outdir: newOutputFolder() }), 'Theirs');
    const { topic } = new Monitoring(stack, 'Monitoring', { parts: [], emailAddresses: ['a@b.c', 'a@b.c'] });
    expect(stack.resolve(topic.topicArn)).toBeDefined();
    Template.fromStack(stack).resourceCountIs('AWS::SNS::Subscription', 1);
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

describe('a construct that joins', () => {
  const pages = new Metric({ namespace: 'Printer', metricName: 'Pages' });
  /** As a construct of its own would have it. */
  const printer: Contribution = {
    alarms: [
      {
        id: 'PaperOut',
        about: 'messages',
        message: 'The printer has no paper.',
        section: 'no-paper',
        metric: pages,
        threshold: 1,
        periods: 2,
      },
    ],
    lines: { sent: { computed: [pages.with({ label: 'pages' })] } },
    rows: [[new TextWidget({ markdown: 'The printer' })]],
    queries: [{ id: 'Jams', name: 'paper jams', query: { fields: ['@message'] }, logGroups: [] }],
  };

  test('brings its alarms, its row, its lines and its queries', () => {
    const template = Template.fromStack(theirStack('Theirs', [printer]));
    expect(alarmsOf(template).find(({ id }) => id === 'PaperOut')).toMatchObject({
      AlarmDescription: 'The printer has no paper. What to do: docs/runbook.md#no-paper',
      EvaluationPeriods: 2,
    });
    template.hasResourceProperties('AWS::Logs::QueryDefinition', { Name: 'Theirs/paper jams' });
    const widgets = widgetsOf(template);
    expect(widgets.at(-1)).toBe('text');
    expect(widgets.filter((each) => each !== 'text')).toEqual(widgetsOf(Template.fromStack(theirStack('Theirs'))));
  });

  test('has its function’s log among those of a query that all functions have', () => {
    const stack = theirStack('Theirs');
    const log = LogGroup.fromLogGroupName(stack, 'Log', 'other');
    const fn = Function.fromFunctionName(stack, 'Other', 'other');
    const other = watchFunction({ name: 'other', function: fn, logGroup: log, settings: { memoryMb: 128 } });
    const { queries } = together([{ queries: other.queries! }, { queries: other.queries! }]);
    expect(queries.map(({ id, logGroups }) => [id, logGroups])).toEqual([['ColdStarts', [log, log]]]);
  });
});

/** Titles of the graphs, from left to right and from top to bottom; of other widgets the type. */
function widgetsOf(template: Template): readonly string[] {
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const body = JSON.stringify((dashboard as { readonly Properties: { readonly DashboardBody: unknown } }).Properties);
  return [...body.matchAll(/\\"type\\":\\"text\\"|\\"title\\":\\"(.*?)\\"/g)].map(([, title]) => title ?? 'text');
}
