import { describe, expect, test } from '@jest/globals';
import { consumer, functionWith, queueWith, readResources, refusalOf } from '../written-assembly.ts';

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
    ['RuntimeUnsupported', { Runtime: 'python3.13' }],
    ['RuntimeUnsupported', { PackageType: 'Image', Code: { ImageUri: 'image' } }],
    ['PropertyUnsupported', { Layers: ['arn:aws:lambda:us-east-1:1:layer:x:1'] }],
    ['PropertyUnsupported', { DeadLetterConfig: { TargetArn: 'arn' } }],
    ['PropertyUnsupported', { FileSystemConfigs: [{ Arn: 'arn' }] }],
    ['PropertyUnknown', { LoggingConfig: { Format: 'JSON' } }],
    ['PropertyInvalid', { Timeout: 901 }],
    ['PropertyInvalid', { MemorySize: 64 }],
    ['PropertyInvalid', { ReservedConcurrentExecutions: -1 }],
    ['CodeNotFound', { Code: { S3Bucket: 'assets', S3Key: 'other.zip' } }],
    ['CodeNotFound', { Code: { S3Bucket: 'assets', S3Key: 'archive.zip' } }],
    ['RefusedByAws', { LoggingConfig: { ApplicationLogLevel: 'WARN' } }],
    ['RefusedByAws', { Environment: { Variables: { AWS_REGION: 'eu-west-1' } } }],
    ['RefusedByAws', { Environment: { Variables: { LONG: 'x'.repeat(4096) } } }],
  ])('is refused with %s for %j', (code, properties) => {
    const error = refusalOf({ ...consumer, Consumer: functionWith(properties) });
    expect(error).toMatchObject({ code, place: { stack: 'Shop', logicalId: 'Consumer' } });
    expect(error.remedy).not.toBe('');
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
