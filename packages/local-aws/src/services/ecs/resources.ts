import { type Draft, refuseSameNames } from '../../assembly/draft.ts';
import { assemblyError } from '../../assembly/error-codes.ts';
import { generatedName } from '../../assembly/physical-names.ts';
import type { ResourceType, ResourceTypes } from '../../assembly/resource-type.ts';
import { declaredClusters, declaredContainerServices, declaredTaskDefinitions, type EcsModel } from './model.ts';
import { taskDefinitionType } from './task-definition-resource.ts';

const oneMachine = 'All tasks run on this machine.';
const network = 'Tasks reach the endpoint and each other over the loopback interface.';

/** `AWS::ECS::Cluster`. */
const clusterType: ResourceType = {
  reads: ['ClusterName'],
  ignores: {
    CapacityProviders: oneMachine,
    ClusterSettings: 'No metrics are published.',
    Configuration: 'No commands are executed in containers from outside.',
    DefaultCapacityProviderStrategy: oneMachine,
    ServiceConnectDefaults: network,
    Tags: 'Nothing reads the tags of a cluster.',
  },
  refuses: {},

  identify({ stack, logicalId, environment: { partition, region, accountId }, properties }) {
    const name = properties.text('ClusterName') ?? generatedName(stack, logicalId, 255);
    return { physicalId: name, attributes: { Arn: `arn:${partition}:ecs:${region}:${accountId}:cluster/${name}` } };
  },

  declare({ stack, logicalId }, { physicalId: name, attributes }, draft) {
    draft.add(declaredClusters, { stack, logicalId, name, arn: attributes['Arn'] ?? '' });
  },
};

/** `AWS::ECS::Service`. */
const serviceType: ResourceType = {
  reads: [
    'Cluster',
    'DeploymentConfiguration',
    'DeploymentController',
    'DesiredCount',
    'SchedulingStrategy',
    'ServiceName',
    'TaskDefinition',
  ],
  ignores: {
    AvailabilityZoneRebalancing: oneMachine,
    CapacityProviderStrategy: oneMachine,
    EnableECSManagedTags: 'Nothing reads the tags of tasks.',
    EnableExecuteCommand: 'No commands are executed in containers from outside.',
    ForceNewDeployment: 'A deployment follows from each change of the assembly.',
    HealthCheckGracePeriodSeconds: 'No load balancer checks the tasks.',
    LaunchType: oneMachine,
    LoadBalancers: 'The service has an address of its own, which is printed when its tasks are ready.',
    NetworkConfiguration: network,
    PlacementConstraints: oneMachine,
    PlacementStrategies: oneMachine,
    PlatformVersion: oneMachine,
    PropagateTags: 'Nothing reads the tags of tasks.',
    Role: 'No load balancer is told of the tasks.',
    ServiceRegistries: network,
    Tags: 'Nothing reads the tags of a service.',
    VpcLatticeConfigurations: network,
  },
  refuses: {
    ServiceConnectConfiguration: {
      reason: 'The names of Service Connect lead nowhere here.',
      remedy: 'Give the containers addresses by their environment when the stack is synthesized for local use.',
    },
    VolumeConfigurations: { reason: 'Containers have no volumes here.', remedy: 'Leave it out for local use.' },
  },
  belongsTo: ['TaskDefinition', 'Cluster'],
  without: 'Its tasks do not run: start the program yourself, with the endpoint in AWS_ENDPOINT_URL.',

  identify({ stack, logicalId, environment: { partition, region, accountId }, properties }) {
    const name = properties.text('ServiceName') ?? generatedName(stack, logicalId, 255);
    const cluster = clusterName(properties.text('Cluster'));
    const arn = `arn:${partition}:ecs:${region}:${accountId}:service/${cluster}/${name}`;
    return { physicalId: arn, attributes: { Name: name, ServiceArn: arn } };
  },

  declare({ stack, logicalId, properties }, { physicalId: arn, attributes }, draft) {
    const controller = properties.object('DeploymentController', ['Type']);
    const others = [
      controller?.choice('Type', ['ECS', 'CODE_DEPLOY', 'EXTERNAL']),
      properties.choice('SchedulingStrategy', ['REPLICA', 'DAEMON']),
    ];
    const other = others.find((choice) => choice !== undefined && choice !== 'ECS' && choice !== 'REPLICA');
    if (other !== undefined) {
      const remedy = 'Use the deployment controller ECS and the strategy REPLICA for local use.';
      throw assemblyError('RESOURCE_UNSUPPORTED', `Services of ${other} are not run here.`, remedy, {
        stack,
        logicalId,
      });
    }
    const breaker = readCircuitBreaker(properties.json('DeploymentConfiguration')?.['DeploymentCircuitBreaker']);
    draft.add(declaredContainerServices, {
      stack,
      logicalId,
      name: attributes['Name'] ?? '',
      arn,
      clusterArn: arn.replace(':service/', ':cluster/').replace(/\/[^/]+$/, ''),
      taskDefinitionArn: properties.requiredText('TaskDefinition'),
      desiredCount: properties.integer('DesiredCount', 0, 1000) ?? 1,
      circuitBreaker: breaker,
    });
  },
};

function readCircuitBreaker(value: unknown): { enable: boolean; rollback: boolean } {
  const { Enable: enable, Rollback: rollback } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return { enable: String(enable) === 'true', rollback: String(rollback) === 'true' };
}

function clusterName(reference = 'default'): string {
  return reference.split('/').at(-1) ?? reference;
}

/** The resource types of ECS in templates. */
export const ecsResourceTypes: ResourceTypes = {
  'AWS::ECS::Cluster': clusterType,
  'AWS::ECS::Service': serviceType,
  'AWS::ECS::TaskDefinition': taskDefinitionType,
};

export function readEcsModel(draft: Draft): EcsModel {
  const [clusters, containerServices] = [draft.all(declaredClusters), draft.all(declaredContainerServices)];
  refuseSameNames('clusters', clusters);
  const taskDefinitions = draft.all(declaredTaskDefinitions);
  for (const { taskDefinitionArn, stack, logicalId } of containerServices) {
    if (taskDefinitions.some(({ arn, family }) => arn === taskDefinitionArn || family === taskDefinitionArn)) continue;
    throw assemblyError(
      'REFERENCE_MISSING',
      `The task definition ${taskDefinitionArn} is in no stack.`,
      'Declare it in the app, or leave the service out with --skip.',
      { stack, logicalId, property: '/Properties/TaskDefinition' },
    );
  }
  return { clusters, taskDefinitions, containerServices };
}
