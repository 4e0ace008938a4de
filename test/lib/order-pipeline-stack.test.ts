// oxlint-disable jest/expect-expect -- the CDK's assertions throw by themselves.
import { describe, expect, test } from '@jest/globals';
import { Annotations, Match, type Template } from 'aws-cdk-lib/assertions';
import { createApp } from '../../lib/order-pipeline-app.ts';
import { newOutputFolder, synthesize } from './synthesize.ts';

const production = synthesize();
const lab = synthesize('lab');

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** `actions on logical id` of all that a function's role may do. */
function permissionsOf(template: Template, functionId: string): readonly string[] {
  const policies = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) =>
    id.startsWith(functionId),
  );
  return policies.flatMap(([, policy]) => {
    const { Statement: statements } = (policy as { Properties: { PolicyDocument: { Statement: Statement[] } } })
      .Properties.PolicyDocument;
    return statements.map(({ Effect, Action, Resource }) => {
      const target = (Resource as { 'Fn::GetAtt'?: readonly string[] })['Fn::GetAtt']?.[0] ?? JSON.stringify(Resource);
      return `${Effect} ${[Action].flat().join(' ')} on ${target.replace(/[\dA-F]{8}$/, '')}`;
    });
  });
}

describe('permissions', () => {
  test('let generate-orders send to the orders queue, and nothing else', () => {
    expect(permissionsOf(production, 'GenerateOrders')).toEqual([
      'Allow logs:CreateLogStream logs:PutLogEvents on GenerateOrdersLogs',
      'Allow sqs:SendMessage on QueuesOrders',
    ]);
  });

  test('let process-orders write orders, consume the orders queue and say when failed messages come back', () => {
    expect(permissionsOf(production, 'ProcessOrders')).toEqual([
      'Allow logs:CreateLogStream logs:PutLogEvents on ProcessOrdersLogs',
      'Allow sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage on QueuesOrders',
      'Allow dynamodb:PutItem dynamodb:UpdateItem on OrdersTable',
    ]);
  });

  test('let process-orders of the lab only write and consume, since it fails whole batches', () => {
    expect(permissionsOf(lab, 'ProcessOrders')).toEqual([
      'Allow logs:CreateLogStream logs:PutLogEvents on ProcessOrdersLogs',
      'Allow sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage on QueuesOrders',
      'Allow dynamodb:PutItem dynamodb:UpdateItem on OrdersTable',
    ]);
  });

  test('let failed-orders look orders up, write failures, consume bad-orders and have messages back later', () => {
    for (const template of [production, lab]) {
      expect(permissionsOf(template, 'FailedOrders')).toEqual([
        'Allow logs:CreateLogStream logs:PutLogEvents on FailedOrdersLogs',
        'Allow sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage on QueuesBadOrders',
        'Allow dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem on OrdersTable',
      ]);
    }
  });

  test('come from no managed policy', () => {
    const roles = Object.values(production.findResources('AWS::IAM::Role'));
    expect(roles).toHaveLength(3);
    for (const role of roles) expect(role).not.toHaveProperty('Properties.ManagedPolicyArns');
  });
});

describe('the event source mappings', () => {
  test('report failures item by item in production', () => {
    production.resourceCountIs('AWS::Lambda::EventSourceMapping', 2);
    production.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^QueuesOrders'), 'Arn'] },
      FunctionName: { Ref: Match.stringLikeRegexp('^ProcessOrders') },
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: 0,
      ScalingConfig: { MaximumConcurrency: 10 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  test('fail whole batches of two instances in the lab, after a window of five seconds', () => {
    lab.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FunctionName: { Ref: Match.stringLikeRegexp('^ProcessOrders') },
      MaximumBatchingWindowInSeconds: 5,
      ScalingConfig: { MaximumConcurrency: 2 },
      FunctionResponseTypes: Match.absent(),
    });
  });

  test('let failed-orders report its own failures in both', () => {
    for (const template of [production, lab]) {
      template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
        EventSourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^QueuesBadOrders'), 'Arn'] },
        FunctionName: { Ref: Match.stringLikeRegexp('^FailedOrders') },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      });
    }
  });
});

describe('the functions', () => {
  test('run on Node 24 and arm64, and log JSON to a log group of their own', () => {
    production.resourceCountIs('AWS::Lambda::Function', 3);
    production.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: Match.stringLikeRegexp('Logs') } },
    });
    production.resourceCountIs('AWS::Logs::LogGroup', 3);
    production.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  });

  test('are told whether they may fail item by item, as their mapping is', () => {
    for (const [template, value] of [
      [production, 'true'],
      [lab, 'false'],
    ] as const) {
      template.hasResourceProperties('AWS::Lambda::Function', {
        Environment: { Variables: Match.objectLike({ PARTIAL_BATCH_RESPONSES: value }) },
      });
    }
  });

  test('are not tried again on an asynchronous event: the producer would make up other orders', () => {
    production.resourceCountIs('AWS::Lambda::EventInvokeConfig', 1);
    production.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: Match.stringLikeRegexp('^GenerateOrders') },
      MaximumRetryAttempts: 0,
    });
  });

  test('may log names in the lab only', () => {
    expect(JSON.stringify(production.toJSON())).not.toContain('"LOG_CUSTOMER_NAMES":"true"');
    expect(JSON.stringify(lab.toJSON())).not.toContain('"LOG_CUSTOMER_NAMES":"false"');
  });
});

describe('the stack', () => {
  test('puts out what other programs look up, under stable names', () => {
    const names = ['GenerateOrders', 'ProcessOrders', 'FailedOrders'].flatMap((name) => [
      `${name}FunctionName`,
      `${name}LogGroupName`,
    ]);
    names.push('OrdersQueueUrl', 'BadOrdersQueueUrl', 'ParkedOrdersQueueUrl', 'OrdersTableName', 'AlarmTopicArn');
    expect(Object.keys(production.findOutputs('*')).toSorted()).toEqual(names.toSorted());
  });

  test('synthesizes without warnings', () => {
    const { app, stack } = createApp({ context: { 'aws:cdk:bundling-stacks': [] }, outdir: newOutputFolder() });
    app.synth();
    expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
  });

  test('names the presets there are when asked for another', () => {
    expect(() => synthesize('prod')).toThrow(
      'There is no preset "prod": choose one of production, lab (-c preset=lab).',
    );
    expect(() => synthesize('toString')).toThrow('There is no preset "toString"');
  });
});
