import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { App, type AppProps, Aspects, Duration, Stack } from 'aws-cdk-lib';
import { Code, Function, type FunctionProps, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource, type SqsEventSourceProps } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { ArtifactMetadataEntryType } from 'aws-cdk-lib/cloud-assembly-schema';
import { QueueDoctor } from '../../src/cdk/queue-doctor.ts';

const folder = mkdtempSync(join(tmpdir(), 'queue-doctor-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** An app that synthesizes into a folder of its own, which goes with the test. */
export const newApp = ({ context, ...props }: AppProps = {}) =>
  new App({
    analyticsReporting: false,
    outdir: mkdtempSync(join(folder, 'cdk.out-')),
    // The CDK warns where it is not said.
    context: { '@aws-cdk/core:defaultCrossStackReferences': 'strong', ...context },
    ...props,
  });

export const code = Code.fromInline('exports.handler = async () => ({ batchItemFailures: [] })');

export interface Settings {
  readonly queue?: QueueProps;
  readonly deadLetterQueue?: QueueProps;
  readonly function?: Partial<FunctionProps>;
  readonly mapping?: SqsEventSourceProps;
}

/** A sound stack of the CDK's own constructs, but for what is changed. */
export function stackWith(settings: Settings = {}, app = newApp()): Stack {
  const stack = new Stack(app, 'Stack');
  const deadLetterQueue = new Queue(stack, 'Failures', {
    retentionPeriod: Duration.days(14),
    ...settings.deadLetterQueue,
  });
  const queue = new Queue(stack, 'Work', {
    visibilityTimeout: Duration.seconds(60),
    deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: 5 },
    ...settings.queue,
  });
  const worker = new Function(stack, 'Worker', {
    code,
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    timeout: Duration.seconds(10),
    ...settings.function,
  });
  worker.addEventSource(
    new SqsEventSource(queue, { maxConcurrency: 5, reportBatchItemFailures: true, ...settings.mapping }),
  );
  Aspects.of(app).add(new QueueDoctor());
  return stack;
}

const warning: string = ArtifactMetadataEntryType.WARN;

/** What synthesis says: `error code at construct` and `warning code at construct`. */
export function said(stack: Stack): readonly string[] {
  const outcomes: string[] = [];
  try {
    (stack.node.root as App).synth();
  } catch (error) {
    const [head, ...errors] = (error as Error).message.split('\n');
    if (head !== 'Validation failed with the following errors:') throw error;
    for (const each of errors) outcomes.push(`error ${/\(docs\/doctor\.md#([\w-]+)\)$/.exec(each)?.[1] ?? each}`);
  }
  for (const { node } of stack.node.findAll()) {
    for (const { type, data } of node.metadata.filter((each) => each.type === warning)) {
      const [, found] = /\[ack: queue-doctor:([\w-]+)\]$/.exec(String(data)) ?? [];
      outcomes.push(`warning ${found ?? `${type} ${String(data)}`} at /${node.path}`);
    }
  }
  return outcomes;
}
