import { describe, expect, test } from '@jest/globals';
import { consumer, functionWith, queueWith, readResources, refusalOf } from '../../../src/testing/written-assembly.ts';

describe('a function', () => {
  test("has AWS's defaults and the folder of its asset", () => {
    const fn = readResources(consumer).functions[0];
    expect(fn).toMatchObject({
      runtime: 'nodejs24.x',
      timeoutSeconds: 3,
      memoryMb: 128,
      architecture: 'x86_64',
      logFormat: 'Text',
      logGroupName: `/aws/lambda/${fn?.name}`,
      activeTracing: false,
      environment: {},
    });
    expect(fn?.codeDirectory).toMatch(/asset\.code$/);
    expect(fn?.roleArn).toMatch(/^arn:aws:iam::000000000000:role\/Shop-Role-/);
  });

  test('reads its settings', () => {
    const model = readResources({
      ...consumer,
      Group: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 7 } },
      Consumer: functionWith({
        Architectures: ['arm64'],
        Environment: { Variables: { QUEUE: { Ref: 'Orders' }, COUNT: 3 } },
        LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'WARN', LogGroup: { Ref: 'Group' } },
        ReservedConcurrentExecutions: 2,
        TracingConfig: { Mode: 'Active' },
      }),
      Orders: queueWith({ QueueName: 'orders' }),
    });
    expect(model.functions[0]).toMatchObject({
      architecture: 'arm64',
      environment: { QUEUE: 'http://127.0.0.1:4566/000000000000/orders', COUNT: '3' },
      logFormat: 'JSON',
      applicationLogLevel: 'WARN',
      systemLogLevel: 'INFO',
      logGroupName: model.logGroups[0]?.name,
      reservedConcurrency: 2,
      activeTracing: true,
    });
    expect(model.logGroups[0]).toMatchObject({ retentionDays: 7, arn: expect.stringMatching(/:log-group:.*:\*$/) });
  });

  test.each(['nodejs12.x', 'nodejs16.x', 'nodejs22.x'])('may be written for %s', (runtime) => {
    const model = readResources({ ...consumer, Consumer: functionWith({ Runtime: runtime }) });
    expect(model.functions[0]?.runtime).toBe(runtime);
  });

  test.each([
    ['RUNTIME_UNSUPPORTED', { Runtime: 'python3.13' }],
    ['RUNTIME_UNSUPPORTED', { PackageType: 'Image', Code: { ImageUri: 'image' } }],
    ['PROPERTY_UNSUPPORTED', { Layers: ['arn:aws:lambda:us-east-1:1:layer:x:1'] }],
    ['PROPERTY_UNSUPPORTED', { DeadLetterConfig: { TargetArn: 'arn' } }],
    ['PROPERTY_UNSUPPORTED', { FileSystemConfigs: [{ Arn: 'arn' }] }],
    ['PROPERTY_UNKNOWN', { LoggingConfig: { Format: 'JSON' } }],
    ['PROPERTY_INVALID', { Timeout: 901 }],
    ['PROPERTY_INVALID', { MemorySize: 64 }],
    ['PROPERTY_INVALID', { ReservedConcurrentExecutions: -1 }],
    ['CODE_NOT_FOUND', { Code: { S3Bucket: 'assets', S3Key: 'other.zip' } }],
    ['CODE_NOT_FOUND', { Code: { S3Bucket: 'assets', S3Key: 'archive.zip' } }],
    ['REFUSED_BY_AWS', { LoggingConfig: { ApplicationLogLevel: 'WARN' } }],
    ['REFUSED_BY_AWS', { Environment: { Variables: { AWS_REGION: 'eu-west-1' } } }],
    ['REFUSED_BY_AWS', { Environment: { Variables: { LONG: 'x'.repeat(4096) } } }],
  ])('is refused with %s for %j', (code, properties) => {
    const error = refusalOf({ ...consumer, Consumer: functionWith(properties) });
    expect(error).toMatchObject({ code, place: { stack: 'Shop', logicalId: 'Consumer' } });
    expect(error.remedy).not.toBe('');
  });

  test('that reserves more than the account can spare is refused in the words of Lambda', () => {
    const functions = { ...consumer, First: functionWith({ ReservedConcurrentExecutions: 400 }) };
    expect(
      readResources({ ...functions, Second: functionWith({ ReservedConcurrentExecutions: 500 }) }).functions,
    ).toHaveLength(3);
    const error = refusalOf({ ...functions, Second: functionWith({ ReservedConcurrentExecutions: 501 }) });
    expect(error.message).toContain('UnreservedConcurrentExecution below its minimum value of [100]');
    expect(error).toMatchObject({ code: 'REFUSED_BY_AWS', place: { logicalId: 'Second' } });
  });

  test('needs a role that Lambda may assume', () => {
    const role = {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' } }],
        },
      },
    };
    const error = refusalOf({ ...consumer, Role: role });
    expect(error.message).toContain('The role defined for the function cannot be assumed by Lambda.');
  });
});
