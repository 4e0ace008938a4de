import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Code, FilterCriteria, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { readAssembly } from '../../src/assembly/read-assembly.ts';
import type { LocalModel } from '../../src/model.ts';
import { endpointUrl } from '../../src/testing/written-assembly.ts';

let directory: string;
let model: LocalModel;

function synthesize(outdir: string, crossStackReferences: 'strong' | 'weak'): string {
  const context = {
    'aws:cdk:bundling-stacks': [],
    '@aws-cdk/core:defaultCrossStackReferences': crossStackReferences,
  };
  const app = new App({ outdir: join(directory, outdir), context });

  const queues = new Stack(app, 'Queues');
  const bad = new Queue(queues, 'Bad', { enforceSSL: true, retentionPeriod: Duration.days(14) });
  const orders = new Queue(queues, 'Orders', {
    visibilityTimeout: Duration.seconds(60),
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    deadLetterQueue: { queue: bad, maxReceiveCount: 5 },
  });

  const functions = new Stack(app, 'Functions', { description: 'The functions.' });
  const producer = new LambdaFunction(functions, 'Producer', {
    runtime: Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = async () => 1;'),
    environment: { QUEUE_URL: orders.queueUrl },
  });
  orders.grantSendMessages(producer);
  producer.role?.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName('AmazonSQSReadOnlyAccess'));
  const consumer = new LambdaFunction(functions, 'Consumer', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromAsset(join(directory, 'handler')),
    timeout: Duration.seconds(10),
    logGroup: new LogGroup(functions, 'Logs', { retention: RetentionDays.ONE_WEEK }),
    loggingFormat: LoggingFormat.JSON,
  });
  consumer.addEventSource(
    new SqsEventSource(orders, {
      batchSize: 100,
      maxBatchingWindow: Duration.seconds(5),
      maxConcurrency: 2,
      reportBatchItemFailures: true,
      filters: [FilterCriteria.filter({ body: { kind: ['order'] } })],
    }),
  );
  consumer.metricErrors().createAlarm(functions, 'Alarm', { threshold: 1, evaluationPeriods: 1 });
  const output = new CfnOutput(functions, 'QueueUrl', { value: orders.queueUrl });
  output.description = 'Where orders go.';
  app.synth();
  return join(directory, outdir);
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'cdk-'));
  mkdirSync(join(directory, 'handler'));
  writeFileSync(join(directory, 'handler/index.js'), 'exports.handler = async () => 1;');
  model = readAssembly(synthesize('strong.out', 'strong'), { endpointUrl, codeRoot: join(directory, 'code') });
});

afterAll(() => rmSync(directory, { recursive: true }));

describe('what the CDK synthesizes', () => {
  test('is read in dependency order, with values that cross stacks', () => {
    const [bad, orders] = model.queues;
    expect(model.stacks.map(({ name }) => name)).toEqual(['Queues', 'Functions']);
    expect(orders?.redrivePolicy).toEqual({ deadLetterTargetArn: bad?.arn, maxReceiveCount: 5 });
    expect(bad?.messageRetentionSeconds).toBe(1_209_600);
    expect(orders?.policies[0]?.Statement[0]).toMatchObject({
      Effect: 'Deny',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      Resource: orders?.arn,
    });
    const url = `${endpointUrl}/000000000000/${orders?.name}`;
    expect(model.functions[0]?.environment).toEqual({ QUEUE_URL: url });
    expect(model.stacks[1]).toMatchObject({
      description: 'The functions.',
      outputs: [{ key: 'QueueUrl', value: url, description: 'Where orders go.' }],
    });
  });

  test('has functions with code, and the mapping between them', () => {
    const [producer, consumer] = model.functions;
    expect(producer).toMatchObject({ runtime: 'nodejs22.x', logFormat: 'Text' });
    expect(consumer).toMatchObject({ timeoutSeconds: 10, logFormat: 'JSON', logGroupName: model.logGroups[0]?.name });
    for (const fn of [producer, consumer]) expect(existsSync(join(fn?.codeDirectory ?? '', 'index.js'))).toBe(true);
    expect(model.mappings).toEqual([
      expect.objectContaining({
        functionName: consumer?.name,
        queueArn: model.queues[1]?.arn,
        batchSize: 100,
        windowSeconds: 5,
        maximumConcurrency: 2,
        reportBatchItemFailures: true,
        filterPatterns: ['{"body":{"kind":["order"]}}'],
      }),
    ]);
  });

  test('has the grants as policies of the roles', () => {
    const role = model.roles.find(({ arn }) => arn === model.functions[0]?.roleArn);
    expect(role?.policies[0]?.Statement[0]).toMatchObject({
      Action: ['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
      Resource: model.queues[1]?.arn,
    });
    expect(role?.managedPolicyArns).toEqual([
      'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
      'arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess',
    ]);
  });

  test('lists the alarm as skipped', () => {
    expect(model.skipped.map(({ type }) => type)).toEqual(['AWS::CloudWatch::Alarm']);
  });

  test('is the same with weak references across stacks (Fn::GetStackOutput)', () => {
    const weak = readAssembly(synthesize('weak.out', 'weak'), { endpointUrl, codeRoot: join(directory, 'code') });
    expect(readFileSync(join(directory, 'weak.out/Functions.template.json'), 'utf8')).toContain('Fn::GetStackOutput');
    expect(weak.mappings).toEqual(model.mappings);
    expect(weak.functions[0]?.environment).toEqual(model.functions[0]?.environment);
  });
});
