import type { FunctionModel } from '../../model.ts';
import { assemblyError } from '../error-codes.ts';
import { readFunctionCode } from '../function-code.ts';
import { readFunctionEnvironment } from '../function-environment.ts';
import { readFunctionLogging } from '../function-logging.ts';
import { generatedName } from '../physical-names.ts';
import type { Properties } from '../properties.ts';
import type { ResourceType } from '../resource-type.ts';

const oneEnvironment = 'Functions here run one invocation at a time in an environment, from a zip archive.';

/** `AWS::Lambda::Function`. Limits and defaults: Lambda API reference, CreateFunction. */
export const lambdaFunction: ResourceType = {
  reads: [
    'Architectures',
    'Code',
    'Description',
    'Environment',
    'FunctionName',
    'Handler',
    'LoggingConfig',
    'MemorySize',
    'PackageType',
    'ReservedConcurrentExecutions',
    'Role',
    'Runtime',
    'Timeout',
    'TracingConfig',
  ],
  ignores: {
    CodeSigningConfigArn: 'Code is read from the assembly as it is.',
    EphemeralStorage: 'The temporary folder is as large as the disk of this machine.',
    KmsKeyArn: 'Environment variables are not encrypted in memory.',
    PublishToLatestPublished: 'Only the current code runs.',
    RecursiveLoop: 'Recursive invocations are not counted.',
    RuntimeManagementConfig: 'The runtime is the Node.js of this machine.',
    SnapStart: 'Lambda has no SnapStart for Node.js.',
    Tags: 'Nothing reads the tags of a function.',
    VpcConfig: 'Functions reach the endpoint over the loopback interface.',
  },
  refuses: {
    CapacityProviderConfig: { reason: oneEnvironment, remedy: 'Remove the capacity provider.' },
    DeadLetterConfig: {
      reason: 'Failed asynchronous events are not sent to a dead-letter queue.',
      remedy: 'Put the dead-letter queue on the source queue.',
    },
    DurableConfig: { reason: oneEnvironment, remedy: 'Make it an ordinary function.' },
    FileSystemConfigs: { reason: 'No network file system is mounted.', remedy: 'Put the files into the asset.' },
    FunctionScalingConfig: { reason: oneEnvironment, remedy: 'Remove it.' },
    ImageConfig: { reason: oneEnvironment, remedy: 'Use a zip asset, from NodejsFunction for example.' },
    Layers: { reason: 'Layers are not laid under the code.', remedy: "Bundle the layer's content with the function." },
    TenancyConfig: { reason: oneEnvironment, remedy: 'Remove it.' },
  },

  identify({ stack, logicalId, environment: { partition, region, accountId }, properties }) {
    const name = properties.text('FunctionName') ?? generatedName(stack, logicalId, 64);
    if (!/^[\w-]{1,64}$/u.test(name)) {
      throw properties.invalid('FunctionName', name, '1 to 64 letters, digits, hyphens and underscores');
    }
    return { physicalId: name, attributes: { Arn: `arn:${partition}:lambda:${region}:${accountId}:function:${name}` } };
  },

  declare(resource, { physicalId: name, attributes }, draft) {
    const { stack, logicalId, properties } = resource;
    const reservedConcurrency = properties.integer('ReservedConcurrentExecutions', 0, Number.MAX_SAFE_INTEGER);
    draft.functions.push({
      stack,
      logicalId,
      name,
      arn: attributes['Arn'] ?? '',
      runtime: readRuntime(properties),
      handler: properties.requiredText('Handler'),
      codeDirectory: readFunctionCode(resource, name),
      environment: readFunctionEnvironment(properties),
      timeoutSeconds: properties.integer('Timeout', 1, 900) ?? 3,
      memoryMb: properties.integer('MemorySize', 128, 10_240) ?? 128,
      architecture: readArchitecture(properties),
      description: properties.text('Description') ?? '',
      ...readFunctionLogging(properties, name),
      ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
      activeTracing:
        properties.object('TracingConfig', ['Mode'])?.choice('Mode', ['Active', 'PassThrough']) === 'Active',
      roleArn: properties.requiredText('Role'),
    });
  },
};

function readRuntime(properties: Properties): string {
  const runtime = properties.text('Runtime') ?? 'a container image';
  if (properties.text('PackageType') !== 'Image' && /^nodejs\d+\.x$/u.test(runtime)) return runtime;
  throw assemblyError(
    'RUNTIME_UNSUPPORTED',
    `The function runs on ${runtime}; functions here run on Node.js.`,
    'Set the runtime to nodejs24.x.',
    properties.placeOf('Runtime'),
  );
}

function readArchitecture(properties: Properties): FunctionModel['architecture'] {
  const [architecture = 'x86_64', ...others] = properties.texts('Architectures');
  if (others.length === 0 && (architecture === 'x86_64' || architecture === 'arm64')) return architecture;
  throw properties.invalid('Architectures', [architecture, ...others], 'x86_64 or arm64');
}
