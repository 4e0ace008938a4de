import { AwsError, type JsonObject, type Operation, type RpcService, type Shape } from '../../endpoint/api.ts';
import type { EcsModel } from './model.ts';
import { describeCluster, describeService, describeTask, describeTaskDefinition } from './descriptions.ts';
import type { ServiceScheduler } from './scheduler.ts';
import type { Task } from './task.ts';

/** What ECS's operations work on. */
export interface EcsContext {
  readonly model: () => EcsModel;
  readonly services: () => readonly ServiceScheduler[];
  /** Of the default cluster, and of all others behind it. `arn:aws:ecs:us-east-1:000000000000:cluster/`. */
  readonly clusterArnPrefix: string;
}

/** ECS's API: JSON 1.1. Operations that are not listed are refused by name. */
export function ecsApi(ecs: EcsContext): RpcService {
  const reads = new EcsReads(ecs);
  return {
    signingName: 'ecs',
    targetPrefix: 'AmazonEC2ContainerServiceV20141113',
    operations: {
      ListClusters: {
        input: { members: pageMembers },
        permissions: () => [{ action: 'ecs:ListClusters', resource: '*' }],
        run: (input) => page('clusterArns', reads.clusterArns(), input, 100),
      },
      DescribeClusters: {
        input: { members: { clusters: { list: 'string' }, include: { list: 'string' } } },
        permissions: (input) =>
          reads.clusterNames(input).map((name) => allowed('DescribeClusters', reads.clusterArn(name))),
        run(input) {
          const arns = reads.clusterNames(input).map((name) => reads.clusterArn(name));
          const known = arns.filter((arn) => reads.clusterArns().includes(arn));
          return {
            clusters: known.map((arn) => describeCluster(arn, ecs.services())),
            failures: missing(arns.filter((arn) => !known.includes(arn))),
          };
        },
      },
      ListServices: inCluster(reads, 'ListServices', {}, (arn, input) =>
        page(
          'serviceArns',
          reads.servicesOf(arn).map(({ model }) => model.arn),
          input,
          10,
        ),
      ),
      DescribeServices: {
        input: { members: { ...clusterMember, services: { list: 'string' }, include: { list: 'string' } } },
        permissions: (input) => reads.serviceArns(input).map((arn) => allowed('DescribeServices', arn)),
        run(input) {
          reads.requireCluster(input);
          const arns = reads.serviceArns(input);
          const found = ecs.services().filter(({ model }) => arns.includes(model.arn));
          const gone = arns.filter((arn) => !found.some(({ model }) => model.arn === arn));
          return { services: found.map(describeService), failures: missing(gone) };
        },
      },
      ListTasks: inCluster(
        reads,
        'ListTasks',
        { serviceName: 'string', family: 'string', desiredStatus: 'string' },
        (arn, input) => {
          const { serviceName, family, desiredStatus = 'RUNNING' } = input as Readonly<Record<string, string>>;
          const tasks = reads
            .servicesOf(arn)
            .filter(({ model }) => serviceName === undefined || [model.name, model.arn].includes(serviceName))
            .flatMap((service) => service.tasks)
            .filter(({ definition }) => family === undefined || definition.family === family)
            .filter(({ status }) => (status === 'STOPPED') === (desiredStatus === 'STOPPED'));
          return page(
            'taskArns',
            tasks.map((task) => task.arn),
            input,
            100,
          );
        },
      ),
      DescribeTasks: {
        input: { members: { ...clusterMember, tasks: { list: 'string' }, include: { list: 'string' } } },
        permissions: (input) => reads.taskArns(input).map((arn) => allowed('DescribeTasks', arn)),
        run(input) {
          reads.requireCluster(input);
          const arns = reads.taskArns(input);
          const found = reads.tasks().filter(({ arn }) => arns.includes(arn));
          const gone = arns.filter((arn) => !found.some((task) => task.arn === arn));
          return { tasks: found.map(describeTask), failures: missing(gone) };
        },
      },
      DescribeTaskDefinition: {
        input: { members: { taskDefinition: 'string', include: { list: 'string' } } },
        permissions: () => [{ action: 'ecs:DescribeTaskDefinition', resource: '*' }],
        run({ taskDefinition: name }) {
          const found = ecs
            .model()
            .taskDefinitions.find(({ arn, family }) => [arn, family, `${family}:1`].includes(String(name)));
          if (found === undefined) throw new AwsError('ClientException', 'Unable to describe task definition.');
          return { taskDefinition: describeTaskDefinition(found), tags: [] };
        },
      },
      UpdateService: {
        input: {
          members: { ...clusterMember, service: 'string', desiredCount: 'integer', forceNewDeployment: 'boolean' },
        },
        permissions: (input) => [allowed('UpdateService', reads.serviceArn(input, String(input['service'])))],
        run(input) {
          const { desiredCount, forceNewDeployment } = input as { desiredCount?: number; forceNewDeployment?: boolean };
          refuseOthers('UpdateService', input, ['cluster', 'service', 'desiredCount', 'forceNewDeployment']);
          if (desiredCount !== undefined && desiredCount < 0) {
            throw new AwsError('InvalidParameterException', 'desiredCount must be 0 or more.');
          }
          const service = reads.requireService(input);
          service.update({
            ...(desiredCount !== undefined && { desiredCount }),
            ...(forceNewDeployment !== undefined && { forceNewDeployment }),
          });
          return { service: describeService(service) };
        },
      },
      StopTask: {
        input: { members: { ...clusterMember, task: 'string', reason: 'string' } },
        permissions: (input) => [allowed('StopTask', reads.taskArn(input, String(input['task'])))],
        run(input) {
          const arn = reads.taskArn(input, String(input['task']));
          const task = reads.tasks().find((one) => one.arn === arn);
          if (task === undefined) throw new AwsError('InvalidParameterException', 'The referenced task was not found.');
          const { reason = 'Task stopped by user' } = input;
          void task.stop(String(reason));
          return { task: describeTask(task) };
        },
      },
    },
  };
}

const clusterMember = { cluster: 'string' } as const satisfies Record<string, Shape>;
const pageMembers = { maxResults: 'integer', nextToken: 'string' } as const satisfies Record<string, Shape>;

/** Looks up what requests name: by its name, or by its ARN. */
class EcsReads {
  readonly #ecs: EcsContext;

  constructor(ecs: EcsContext) {
    this.#ecs = ecs;
  }

  clusterArns(): readonly string[] {
    const ofServices = this.#ecs.services().map(({ model }) => model.clusterArn);
    return [...new Set([...this.#ecs.model().clusters.map(({ arn }) => arn), ...ofServices])];
  }

  clusterArn(name: unknown): string {
    return this.#ecs.clusterArnPrefix + (typeof name === 'string' ? name : 'default').replace(/^arn:.*\//, '');
  }

  clusterNames({ clusters }: JsonObject): readonly string[] {
    return Array.isArray(clusters) && clusters.length > 0 ? (clusters as string[]) : ['default'];
  }

  requireCluster({ cluster }: JsonObject): string {
    const arn = this.clusterArn(cluster);
    if (this.clusterArns().includes(arn)) return arn;
    throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
  }

  servicesOf(clusterArn: string): readonly ServiceScheduler[] {
    return this.#ecs.services().filter(({ model }) => model.clusterArn === clusterArn);
  }

  serviceArn({ cluster }: JsonObject, name: string): string {
    return name.startsWith('arn:') ? name : `${this.clusterArn(cluster).replace(':cluster/', ':service/')}/${name}`;
  }

  serviceArns(input: JsonObject): readonly string[] {
    return ((input['services'] ?? []) as string[]).map((name) => this.serviceArn(input, name));
  }

  requireService(input: JsonObject): ServiceScheduler {
    this.requireCluster(input);
    const arn = this.serviceArn(input, String(input['service']));
    const service = this.#ecs.services().find(({ model }) => model.arn === arn);
    if (service === undefined) throw new AwsError('ServiceNotFoundException', 'Service not found.');
    return service;
  }

  tasks(): readonly Task[] {
    return this.#ecs.services().flatMap(({ tasks }) => tasks);
  }

  taskArn({ cluster }: JsonObject, id: string): string {
    return id.startsWith('arn:') ? id : `${this.clusterArn(cluster).replace(':cluster/', ':task/')}/${id}`;
  }

  taskArns(input: JsonObject): readonly string[] {
    return ((input['tasks'] ?? []) as string[]).map((id) => this.taskArn(input, id));
  }
}

/** A list of what is in a cluster: the permission is for all, narrowed by the condition key `ecs:cluster`. */
function inCluster(
  reads: EcsReads,
  name: string,
  members: Readonly<Record<string, Shape>>,
  run: (clusterArn: string, input: JsonObject) => JsonObject,
): Operation {
  return {
    input: { members: { ...clusterMember, ...pageMembers, ...members } },
    permissions: ({ cluster }) => [
      { action: `ecs:${name}`, resource: '*', context: { 'ecs:cluster': reads.clusterArn(cluster) } },
    ],
    run: (input) => run(reads.requireCluster(input), input),
  };
}

function allowed(operation: string, resource: string) {
  return { action: `ecs:${operation}`, resource };
}

function missing(arns: readonly string[]): readonly JsonObject[] {
  return arns.map((arn) => ({ arn, reason: 'MISSING' }));
}

function refuseOthers(operation: string, input: JsonObject, known: readonly string[]): void {
  const other = Object.keys(input).find((member) => !known.includes(member) && input[member] !== null);
  if (other === undefined) return;
  const message = `The local endpoint does not implement ecs:${operation} with ${other}. Change the app and synthesize it again.`;
  throw new AwsError('NotImplemented', message, { httpStatus: 501 });
}

/** @param usual how many without `maxResults` */
function page(member: string, items: readonly string[], input: JsonObject, usual: number): JsonObject {
  const { maxResults = usual, nextToken = '0' } = input as { maxResults?: number; nextToken?: string };
  const start = Number(nextToken);
  if (!Number.isSafeInteger(start) || start < 0 || maxResults < 1 || maxResults > 100) {
    throw new AwsError('InvalidParameterException', 'maxResults is from 1 to 100, and nextToken is from an answer.');
  }
  const end = start + maxResults;
  return { [member]: items.slice(start, end), ...(end < items.length && { nextToken: String(end) }) };
}
