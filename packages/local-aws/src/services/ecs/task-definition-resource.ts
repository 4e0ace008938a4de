import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DockerImages } from '../../assembly/assets.ts';
import { assemblyError } from '../../assembly/error-codes.ts';
import { isJsonObject } from '../../assembly/json.ts';
import type { Properties } from '../../assembly/properties.ts';
import type { ResourceType } from '../../assembly/resource-type.ts';
import type { Place } from '../../errors.ts';
import { readDockerfile, UnsupportedDockerfile } from './dockerfile.ts';
import { missingSources } from './image-files.ts';
import { type ContainerImage, type ContainerModel, declaredTaskDefinitions, type HealthCheckModel } from './model.ts';

const oneMachine = 'Containers are processes of this machine.';
const unlimited = 'The process has what the machine has.';
const ownMajor = Number(process.versions.node.split('.')[0]);
const leaveOut = 'Leave it out when the stack is synthesized for local use.';

const containerProperties = {
  reads: [
    'Command',
    'EntryPoint',
    'Environment',
    'Essential',
    'HealthCheck',
    'Image',
    'LogConfiguration',
    'Name',
    'PortMappings',
    'StopTimeout',
    'WorkingDirectory',
  ],
  /** Limits and rights of the container, which change nothing of what its program does while it keeps to them. */
  ignores: [
    'Cpu',
    'DockerLabels',
    'DockerSecurityOptions',
    'Hostname',
    'Interactive',
    'LinuxParameters',
    'Memory',
    'MemoryReservation',
    'Privileged',
    'PseudoTerminal',
    'ReadonlyRootFilesystem',
    'StartTimeout',
    'Ulimits',
    'User',
    'VersionConsistency',
  ],
  refuses: [
    'CredentialSpecs',
    'DependsOn',
    'DisableNetworking',
    'DnsSearchDomains',
    'DnsServers',
    'EnvironmentFiles',
    'ExtraHosts',
    'FirelensConfiguration',
    'Links',
    'MountPoints',
    'RepositoryCredentials',
    'ResourceRequirements',
    'RestartPolicy',
    'Secrets',
    'SystemControls',
    'VolumesFrom',
  ],
};

/** `AWS::ECS::TaskDefinition`. Defaults: ECS API reference, ContainerDefinition. */
export const taskDefinitionType: ResourceType = {
  reads: ['ContainerDefinitions', 'Cpu', 'ExecutionRoleArn', 'Family', 'Memory', 'NetworkMode', 'TaskRoleArn'],
  ignores: {
    EnableFaultInjection: 'Faults are injected by --chaos.',
    EphemeralStorage: unlimited,
    IpcMode: oneMachine,
    PidMode: oneMachine,
    PlacementConstraints: oneMachine,
    RequiresCompatibilities: oneMachine,
    RuntimePlatform: oneMachine,
    Tags: 'Nothing reads the tags.',
  },
  refuses: {
    InferenceAccelerators: { reason: 'There are no accelerators here.', remedy: leaveOut },
    ProxyConfiguration: { reason: 'No proxy stands before containers here.', remedy: leaveOut },
    Volumes: { reason: 'Containers have no volumes here.', remedy: leaveOut },
  },
  without: 'Its program does not run: start it yourself, with the endpoint in AWS_ENDPOINT_URL.',

  identify({ stack, logicalId, environment: { partition, region, accountId }, properties }) {
    const family = properties.text('Family') ?? `${stack}-${logicalId}`;
    const arn = `arn:${partition}:ecs:${region}:${accountId}:task-definition/${family}:1`;
    return { physicalId: arn, attributes: { TaskDefinitionArn: arn } };
  },

  declare({ stack, logicalId, type, properties, images }, { physicalId: arn }, draft) {
    const known = Object.values(containerProperties).flat();
    const definitions = properties.objects('ContainerDefinitions', known);
    const [taskRoleArn, executionRoleArn] = [properties.text('TaskRoleArn'), properties.text('ExecutionRoleArn')];
    const [cpu, memory, networkMode] = ['Cpu', 'Memory', 'NetworkMode'].map((name) => properties.text(name));
    const containers = definitions.map((definition) => readContainer(definition, images, { stack, logicalId }));
    const otherMajor = containers.find(({ image: { plan } }) => (plan.nodeMajor ?? ownMajor) !== ownMajor)?.image.plan;
    if (otherMajor !== undefined) {
      const limit = `It asks for ${otherMajor.baseImage}, and runs on Node.js ${ownMajor}.`;
      draft.limit({ stack, logicalId, type, limit });
    }
    draft.add(declaredTaskDefinitions, {
      stack,
      logicalId,
      arn,
      family: /([^/]+):1$/.exec(arn)?.[1] ?? '',
      ...(taskRoleArn !== undefined && { taskRoleArn }),
      ...(executionRoleArn !== undefined && { executionRoleArn }),
      containers,
      description: { cpu, memory, networkMode, requiresCompatibilities: properties.value('RequiresCompatibilities') },
    });
  },
};

function readContainer(definition: Properties, images: DockerImages, place: Place): ContainerModel {
  const refused = containerProperties.refuses.find((name) => !isNothing(definition.value(name)));
  if (refused !== undefined) {
    const reason = `Containers have no ${refused} here.`;
    throw assemblyError('PROPERTY_UNSUPPORTED', reason, leaveOut, definition.placeOf(refused));
  }
  const imageUri = definition.requiredText('Image');
  const workingDirectory = definition.text('WorkingDirectory');
  const healthCheck = readHealthCheck(definition);
  const logs = readLogs(definition);
  return {
    name: definition.requiredText('Name'),
    imageUri,
    image: readImage(imageUri, images, place),
    essential: definition.boolean('Essential') ?? true,
    ...(isNothing(definition.value('EntryPoint')) ? {} : { entryPoint: definition.texts('EntryPoint') }),
    ...(isNothing(definition.value('Command')) ? {} : { command: definition.texts('Command') }),
    ...(workingDirectory !== undefined && { workingDirectory }),
    environment: Object.fromEntries(
      definition
        .objects('Environment', ['Name', 'Value'])
        .map((pair) => [pair.requiredText('Name'), pair.text('Value') ?? '']),
    ),
    ports: readPorts(definition),
    ...(logs !== undefined && { logs }),
    ...(healthCheck !== undefined && { healthCheck }),
    stopTimeoutSeconds: definition.integer('StopTimeout', 0, 120) ?? 30,
  };
}

/** @throws {LocalRuntimeError} `RESOURCE_UNSUPPORTED` for an image that cannot run here */
function readImage(uri: string, images: DockerImages, place: Place): ContainerImage {
  const refuse = (reason: string, remedy: string) => assemblyError('RESOURCE_UNSUPPORTED', reason, remedy, place);
  const asset = images.get(uri.slice(uri.lastIndexOf(':') + 1));
  const skip = 'leave the task definition out with --skip AWS::ECS::TaskDefinition and start the program yourself';
  if (asset === undefined) {
    const remedy = `Use a Dockerfile of the app that copies onto node:… (ContainerImage.fromAsset), or ${skip}.`;
    throw refuse(
      `The image ${uri} is not built from a folder of the app, and no registry is asked for images.`,
      remedy,
    );
  }
  const [setting] = asset.otherSettings;
  if (setting !== undefined)
    throw refuse(`The image is built with ${setting}, and nothing is built here.`, `Build it without, or ${skip}.`);
  const file = join(asset.directory, asset.dockerfile);
  if (!existsSync(file)) throw assemblyError('CODE_NOT_FOUND', `${file} is missing.`, 'Run "cdk synth" again.', place);
  try {
    const image = { directory: asset.directory, plan: readDockerfile(readFileSync(file, 'utf8')) };
    const [missing] = missingSources(image);
    if (missing === undefined) return image;
    const remedy = 'Make the file before "cdk synth", and look into .dockerignore.';
    throw assemblyError('CODE_NOT_FOUND', `The Dockerfile copies ${missing}, which is not there.`, remedy, place);
  } catch (error) {
    if (error instanceof UnsupportedDockerfile) throw refuse(error.message, error.remedy);
    throw error;
  }
}

function readPorts(definition: Properties): readonly number[] {
  const known = ['AppProtocol', 'ContainerPort', 'ContainerPortRange', 'HostPort', 'Name', 'Protocol'];
  return definition.objects('PortMappings', known).flatMap((mapping) => {
    const isTcp = (mapping.choice('Protocol', ['tcp', 'udp']) ?? 'tcp') === 'tcp';
    const port = mapping.integer('ContainerPort', 1, 65_535);
    if (isTcp && port !== undefined) return [port];
    throw assemblyError(
      'PROPERTY_UNSUPPORTED',
      'Of a container, single TCP ports are served.',
      'Give ContainerPort, and the protocol tcp.',
      mapping.placeOf(isTcp ? 'ContainerPortRange' : 'Protocol'),
    );
  });
}

/** The awslogs driver writes into the log group. What other drivers get goes nowhere here. */
function readLogs(definition: Properties): ContainerModel['logs'] {
  const configuration = definition.object('LogConfiguration', ['LogDriver', 'Options', 'SecretOptions']);
  if (configuration === undefined) return undefined;
  if (configuration.requiredText('LogDriver') !== 'awslogs') {
    const remedy = 'Use the driver awslogs.';
    throw assemblyError(
      'PROPERTY_UNSUPPORTED',
      'The only log driver here is awslogs.',
      remedy,
      configuration.placeOf('LogDriver'),
    );
  }
  const options = configuration.json('Options') ?? {};
  const [groupName, streamPrefix] = [options['awslogs-group'], options['awslogs-stream-prefix']];
  if (typeof groupName === 'string' && typeof streamPrefix === 'string') return { groupName, streamPrefix };
  throw configuration.invalid('Options', options, 'awslogs-group and awslogs-stream-prefix, which Fargate requires');
}

function readHealthCheck(definition: Properties): HealthCheckModel | undefined {
  const known = ['Command', 'Interval', 'Retries', 'StartPeriod', 'Timeout'];
  const check = definition.object('HealthCheck', known);
  if (check === undefined) return undefined;
  const [kind, ...rest] = check.texts('Command');
  if ((kind !== 'CMD' && kind !== 'CMD-SHELL') || rest.length === 0) {
    throw check.invalid('Command', [kind, ...rest], 'CMD or CMD-SHELL, and the command behind it');
  }
  return {
    command: [kind, ...rest],
    intervalSeconds: check.integer('Interval', 5, 300) ?? 30,
    timeoutSeconds: check.integer('Timeout', 2, 60) ?? 5,
    retries: check.integer('Retries', 1, 10) ?? 3,
    startPeriodSeconds: check.integer('StartPeriod', 0, 300) ?? 0,
  };
}

function isNothing(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === undefined || value === false || (isJsonObject(value) && Object.keys(value).length === 0);
}
