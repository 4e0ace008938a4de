import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A queue, the function that consumes it and the mapping between them, by what differs from the defaults. */
export interface PipelineSettings {
  /** The module with the export `handler`: CommonJS, or an ES module when `module` says so. */
  readonly code: string;
  readonly module?: 'commonjs' | 'esm';
  /** Properties of `AWS::SQS::Queue`. */
  readonly queue?: object;
  /** With it, the queue `<name>-dead` takes what was received so often in vain. */
  readonly maxReceiveCount?: number;
  /** Properties of `AWS::Lambda::Function`. */
  readonly function?: object;
  /** Properties of `AWS::Lambda::EventSourceMapping`. Null: no mapping. */
  readonly mapping?: object | null;
  /** What the function's role may do with the queue. */
  readonly actions?: readonly string[];
}

const consumerActions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

/**
 * Writes a cloud assembly, as `cdk synth` would, with one stack of pipelines: the pipeline `work` has the queue `work`,
 * the function `work`, and the dead-letter queue `work-dead`. The name of a FIFO pipeline ends in `.fifo`, as its queue's
 * must; the function of `work.fifo` is `work-fifo`. Written to the same folder anew, it is a changed assembly.
 */
export function writePipelines(pipelines: Readonly<Record<string, PipelineSettings>>, directory: string): void {
  const write = (name: string, content: unknown) => writeFileSync(join(directory, name), JSON.stringify(content));
  const files: Record<string, object> = {};
  const resources: Record<string, object> = {};
  for (const [name, settings] of Object.entries(pipelines)) {
    const asset = `asset.${functionNameOf(name)}`;
    mkdirSync(join(directory, asset), { recursive: true });
    writeFileSync(join(directory, asset, settings.module === 'esm' ? 'index.mjs' : 'index.js'), settings.code);
    files[asset] = {
      source: { path: asset, packaging: 'zip' },
      destinations: { here: { bucketName: 'assets', objectKey: `${asset}.zip` } },
    };
    Object.assign(resources, pipelineResources(name, settings, `${asset}.zip`));
  }
  write('pipelines.assets.json', { files });
  write('pipelines.template.json', { Resources: resources });
  write('manifest.json', {
    version: '48.0.0',
    artifacts: {
      assets: { type: 'cdk:asset-manifest', properties: { file: 'pipelines.assets.json' } },
      Pipelines: {
        type: 'aws:cloudformation:stack',
        environment: 'aws://unknown-account/unknown-region',
        properties: { templateFile: 'pipelines.template.json' },
        dependencies: ['assets'],
      },
    },
  });
}

export function functionNameOf(pipeline: string): string {
  return pipeline.replace('.', '-');
}

function deadLetterQueueOf(pipeline: string): string {
  return pipeline.endsWith('.fifo') ? `${pipeline.slice(0, -'.fifo'.length)}-dead.fifo` : `${pipeline}-dead`;
}

function pipelineResources(name: string, settings: PipelineSettings, objectKey: string): Record<string, object> {
  const id = name.replace(/\W/g, '');
  const arnOf = (suffix: string) => ({ 'Fn::GetAtt': [`${id}${suffix}`, 'Arn'] });
  const fifo = name.endsWith('.fifo') ? { FifoQueue: true, ContentBasedDeduplication: true } : {};
  const { maxReceiveCount, mapping = {} } = settings;
  const hasDeadLetters = maxReceiveCount !== undefined;
  const redrive = hasDeadLetters && {
    RedrivePolicy: { deadLetterTargetArn: arnOf('Dead'), maxReceiveCount },
  };
  const statement = { Effect: 'Allow', Action: settings.actions ?? consumerActions, Resource: arnOf('Queue') };
  const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } };
  return {
    [`${id}Queue`]: queue({ QueueName: name, ...fifo, ...redrive, ...settings.queue }),
    ...(hasDeadLetters && { [`${id}Dead`]: queue({ QueueName: deadLetterQueueOf(name), ...fifo }) }),
    [`${id}Role`]: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: { Statement: [trust] },
        Policies: [{ PolicyName: 'consume', PolicyDocument: { Statement: [statement] } }],
      },
    },
    [`${id}Function`]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: functionNameOf(name),
        Code: { S3Bucket: 'assets', S3Key: objectKey },
        Handler: 'index.handler',
        Role: arnOf('Role'),
        Runtime: 'nodejs24.x',
        ...settings.function,
      },
    },
    ...(mapping !== null && {
      [`${id}Mapping`]: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { EventSourceArn: arnOf('Queue'), FunctionName: { Ref: `${id}Function` }, ...mapping },
      },
    }),
  };
}

function queue(properties: object): object {
  return { Type: 'AWS::SQS::Queue', Properties: properties };
}
