import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assemblyError, refusedByAws } from '../../assembly/error-codes.ts';
import { isJsonObject, shown } from '../../assembly/json.ts';
import { generatedName } from '../../assembly/physical-names.ts';
import type { Properties } from '../../assembly/properties.ts';
import type { DeclaredResource, ResourceType } from '../../assembly/resource-type.ts';
import { wrapperInCode, wrapperName } from './environment-variables.ts';
import { declaredFunctions, type FunctionModel } from './model.ts';

const oneEnvironment = 'Functions here run one invocation at a time in an environment, from a zip archive.';

/** `AWS::Lambda::Function`. Limits and defaults: Lambda API reference, CreateFunction. */
export const functionType: ResourceType = {
  reads: [
    'Architectures',
    'Code',
    'Description',
    'Environment',
    'FunctionName',
    'Handler',
    'KmsKeyArn',
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
  without: 'An invocation of it finds no function, and with it go its mappings: their queues keep their messages.',

  identify({ stack, logicalId, environment: { partition, region, accountId }, properties }) {
    const name = properties.text('FunctionName') ?? generatedName(stack, logicalId, 64);
    if (!/^[\w-]{1,64}$/u.test(name)) {
      throw properties.invalid('FunctionName', name, '1 to 64 letters, digits, hyphens and underscores');
    }
    return { physicalId: name, attributes: { Arn: `arn:${partition}:lambda:${region}:${accountId}:function:${name}` } };
  },

  declare(resource, { physicalId: name, attributes }, draft) {
    const { stack, logicalId, type, properties } = resource;
    const environment = readFunctionEnvironment(properties);
    if ((environment[wrapperName] ?? '') !== '' && wrapperInCode({ environment }) === undefined) {
      const limit = `It runs without its wrapper (${wrapperName}, ${environment[wrapperName]}): only a wrapper among its code, in /var/task, runs here.`;
      draft.limit({ stack, logicalId, type, limit });
    }
    const kmsKeyArn = properties.text('KmsKeyArn');
    const reservedConcurrency = properties.integer('ReservedConcurrentExecutions', 0, Number.MAX_SAFE_INTEGER);
    draft.add(declaredFunctions, {
      stack,
      logicalId,
      name,
      arn: attributes['Arn'] ?? '',
      runtime: readRuntime(properties),
      handler: properties.requiredText('Handler'),
      codeDirectory: readFunctionCode(resource, name),
      environment,
      timeoutSeconds: properties.integer('Timeout', 1, 900) ?? 3,
      memoryMb: properties.integer('MemorySize', 128, 10_240) ?? 128,
      architecture: readArchitecture(properties),
      description: properties.text('Description') ?? '',
      ...readFunctionLogging(properties, name),
      ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
      activeTracing:
        properties.object('TracingConfig', ['Mode'])?.choice('Mode', ['Active', 'PassThrough']) === 'Active',
      roleArn: properties.requiredText('Role'),
      ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }),
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

/** Lambda developer guide, "Reserved environment variables". */
const reservedNames = [
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
];
const limitBytes = 4096;
const cannotConfigure =
  'Lambda was unable to configure your environment variables because the environment variables you have provided';

/** The environment variables of a function, within Lambda's rules for names and size (4 KB in all). */
function readFunctionEnvironment(properties: Properties): Record<string, string> {
  const variables = properties.object('Environment', ['Variables'])?.json('Variables') ?? {};
  const place = properties.placeOf('Environment');
  const reserved = Object.keys(variables).filter((name) => reservedNames.includes(name));
  if (reserved.length > 0) {
    throw refusedByAws(
      'InvalidParameterValueException',
      `${cannotConfigure} contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
      'Rename the variables; Lambda sets these itself.',
      place,
    );
  }
  const nested = Object.keys(variables).find((name) => isJsonObject(variables[name]) || Array.isArray(variables[name]));
  if (nested !== undefined) throw properties.invalid('Environment', variables[nested], `text for ${nested}`);
  const environment = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, shown(value)]));
  const sizeBytes = Buffer.byteLength(JSON.stringify(environment));
  if (sizeBytes > limitBytes) {
    throw refusedByAws(
      'InvalidParameterValueException',
      `${cannotConfigure} exceeded the 4KB limit. String measured: ${JSON.stringify(environment)}`,
      `Shorten them: they take ${sizeBytes} bytes as JSON.`,
      place,
    );
  }
  return environment;
}

/** The folder with the code of a function: its asset's, or one that inline code is written to. */
function readFunctionCode({ properties, assets, codeRoot }: DeclaredResource, functionName: string): string {
  const place = properties.placeOf('Code');
  const code = properties.object('Code', [
    'ZipFile',
    'S3Bucket',
    'S3Key',
    'S3ObjectVersion',
    'ImageUri',
    'SourceKMSKeyArn',
  ]);
  if (code === undefined) throw properties.invalid('Code', undefined, 'an asset or inline code');
  if (code.text('ImageUri') !== undefined) {
    throw assemblyError(
      'RUNTIME_UNSUPPORTED',
      'The code is a container image.',
      'Use a zip asset, from NodejsFunction for example.',
      place,
    );
  }
  const inline = code.text('ZipFile');
  if (inline !== undefined) return writeInlineCode(codeRoot, functionName, inline);
  const key = code.requiredText('S3Key');
  const path = assets.get(key);
  if (path === undefined || !existsSync(path)) {
    throw assemblyError(
      'CODE_NOT_FOUND',
      path === undefined ? `No asset of the assembly is published as ${key}.` : `The asset ${path} does not exist.`,
      'Run "cdk synth" without skipping bundling, and let the function use Code.fromAsset or NodejsFunction.',
      place,
    );
  }
  if (statSync(path).isDirectory()) return path;
  throw assemblyError(
    'CODE_NOT_FOUND',
    `The asset ${path} is a file; code is run from a folder.`,
    'Give Code.fromAsset the unpacked folder instead of an archive.',
    place,
  );
}

type Logging = Pick<FunctionModel, 'logFormat' | 'applicationLogLevel' | 'systemLogLevel' | 'logGroupName'>;

/** `LoggingConfig` with Lambda's defaults: text, INFO, a log group named after the function. */
function readFunctionLogging(properties: Properties, functionName: string): Logging {
  const config = properties.object('LoggingConfig', ['ApplicationLogLevel', 'LogFormat', 'LogGroup', 'SystemLogLevel']);
  const logFormat = config?.choice('LogFormat', ['Text', 'JSON']) ?? 'Text';
  const application = config?.choice('ApplicationLogLevel', ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']);
  const system = config?.choice('SystemLogLevel', ['DEBUG', 'INFO', 'WARN']);
  if (logFormat === 'Text' && (application !== undefined || system !== undefined)) {
    throw refusedByAws(
      'InvalidParameterValueException',
      'To use ApplicationLogLevel or SystemLogLevel, you must set LogFormat to JSON.',
      'Set the log format to JSON, or remove the levels.',
      properties.placeOf('LoggingConfig'),
    );
  }
  return {
    logFormat,
    applicationLogLevel: application ?? 'INFO',
    systemLogLevel: system ?? 'INFO',
    logGroupName: config?.text('LogGroup') ?? `/aws/lambda/${functionName}`,
  };
}

/**
 * Writes `Code.ZipFile` to `index.js` in a folder named after the function and the code, so that changed code gets a
 * folder of its own while old execution environments still run. CloudFormation names the file `index` too.
 */
function writeInlineCode(codeRoot: string, functionName: string, source: string): string {
  const hash = createHash('sha256').update(source).digest('hex').slice(0, 16);
  const directory = join(codeRoot, `${functionName}-${hash}`);
  mkdirSync(directory, { recursive: true });
  // Without one, Node.js would look for a package.json in the folders above and take its "type".
  writeFileSync(join(directory, 'package.json'), '{}\n');
  writeFileSync(join(directory, 'index.js'), source);
  return directory;
}
