import type { JsonObject } from '../../endpoint/api.ts';
import type { Container } from './container.ts';
import type { Deployment } from './deployment.ts';
import type { TaskDefinitionModel } from './model.ts';
import type { ServiceScheduler } from './scheduler.ts';
import type { Task } from './task.ts';

/** Members and their names: ECS API reference, Cluster, Service, Deployment, Task, TaskDefinition. Times in seconds. */
export function describeCluster(clusterArn: string, services: readonly ServiceScheduler[]): JsonObject {
  const own = services.filter(({ model }) => model.clusterArn === clusterArn);
  const tasks = own.flatMap((service) => service.tasks);
  return {
    clusterArn,
    clusterName: clusterArn.split('/').at(-1),
    status: 'ACTIVE',
    registeredContainerInstancesCount: 0,
    runningTasksCount: tasks.filter(isRunning).length,
    pendingTasksCount: tasks.filter(isPending).length,
    activeServicesCount: own.length,
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
    settings: [],
    statistics: [],
    tags: [],
  };
}

export function describeService(service: ServiceScheduler): JsonObject {
  const { model, tasks, deployments, desiredCount, createdAtMs } = service;
  return {
    serviceArn: model.arn,
    serviceName: model.name,
    clusterArn: model.clusterArn,
    status: 'ACTIVE',
    desiredCount,
    runningCount: tasks.filter(isRunning).length,
    pendingCount: tasks.filter(isPending).length,
    launchType: 'FARGATE',
    taskDefinition: model.taskDefinitionArn,
    deploymentConfiguration: { deploymentCircuitBreaker: model.circuitBreaker },
    deployments: deployments.map((one, index) => describeDeployment(one, index === 0, desiredCount)),
    events: [],
    loadBalancers: [],
    createdAt: createdAtMs / 1000,
    schedulingStrategy: 'REPLICA',
  };
}

function describeDeployment(deployment: Deployment, isPrimary: boolean, desiredCount: number): JsonObject {
  const { id, definition, tasks, failedTasks, createdAtMs, rolloutState, rolloutReason } = deployment;
  return {
    id,
    status: isPrimary ? 'PRIMARY' : 'ACTIVE',
    taskDefinition: definition.arn,
    desiredCount: isPrimary ? desiredCount : 0,
    runningCount: [...tasks].filter(isRunning).length,
    pendingCount: [...tasks].filter(isPending).length,
    failedTasks,
    createdAt: createdAtMs / 1000,
    launchType: 'FARGATE',
    rolloutState,
    rolloutStateReason: rolloutReason,
  };
}

/** The network bindings say where the task's ports are here. */
export function describeTask(task: Task): JsonObject {
  const { arn, clusterArn, definition, status, health, createdAtMs, stoppedAtMs, stoppedReason, containers } = task;
  return {
    taskArn: arn,
    clusterArn,
    taskDefinitionArn: definition.arn,
    lastStatus: status,
    desiredStatus: status === 'RUNNING' || status === 'PROVISIONING' ? 'RUNNING' : 'STOPPED',
    healthStatus: health,
    launchType: 'FARGATE',
    createdAt: createdAtMs / 1000,
    startedAt: createdAtMs / 1000,
    ...(stoppedAtMs !== undefined && { stoppedAt: stoppedAtMs / 1000 }),
    ...(stoppedReason !== '' && { stoppedReason }),
    containers: containers.map((container) => describeContainer(container, task)),
  };
}

function describeContainer({ model, health, exited }: Container, task: Task): JsonObject {
  return {
    name: model.name,
    image: model.imageUri,
    taskArn: task.arn,
    lastStatus: exited === undefined ? 'RUNNING' : 'STOPPED',
    healthStatus: health,
    ...(exited !== undefined && { exitCode: exited.code ?? 128 + signalNumber(exited.signal) }),
    networkBindings: model.ports.map((containerPort) => ({
      bindIP: '127.0.0.1',
      containerPort,
      hostPort: task.portHere(containerPort),
      protocol: 'tcp',
    })),
  };
}

export function describeTaskDefinition({
  arn,
  family,
  containers,
  description,
  ...roles
}: TaskDefinitionModel): JsonObject {
  return {
    taskDefinitionArn: arn,
    family,
    revision: 1,
    status: 'ACTIVE',
    ...(roles.taskRoleArn !== undefined && { taskRoleArn: roles.taskRoleArn }),
    ...(roles.executionRoleArn !== undefined && { executionRoleArn: roles.executionRoleArn }),
    ...description,
    containerDefinitions: containers.map(({ name, imageUri, essential, environment, ports, stopTimeoutSeconds }) => ({
      name,
      image: imageUri,
      essential,
      environment: Object.entries(environment).map(([key, value]) => ({ name: key, value })),
      portMappings: ports.map((port) => ({ containerPort: port, hostPort: port, protocol: 'tcp' })),
      stopTimeout: stopTimeoutSeconds,
    })),
  };
}

/** A container that a signal ended has 128 and the signal's number as its exit code, as Docker has it. */
function signalNumber(signal: string | null): number {
  return { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 }[signal ?? ''] ?? 0;
}

function isRunning({ status }: Task): boolean {
  return status === 'RUNNING';
}

function isPending({ status }: Task): boolean {
  return status === 'PROVISIONING';
}
