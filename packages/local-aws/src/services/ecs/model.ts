import { ResourceList } from '../../assembly/draft.ts';
import type { Declared } from '../../assembly/model.ts';
import type { ImagePlan } from './dockerfile.ts';

/** ECS's part of the model. */
export interface EcsModel {
  readonly clusters: readonly ClusterModel[];
  readonly taskDefinitions: readonly TaskDefinitionModel[];
  readonly containerServices: readonly ContainerServiceModel[];
}

/** `AWS::ECS::Cluster`. */
export interface ClusterModel extends Declared {
  readonly name: string;
  readonly arn: string;
}

/** `AWS::ECS::TaskDefinition`, whose containers can all run here. */
export interface TaskDefinitionModel extends Declared {
  readonly arn: string;
  readonly family: string;
  /** Undefined: the containers have no credentials, as on AWS. */
  readonly taskRoleArn?: string;
  /** What writes the logs. */
  readonly executionRoleArn?: string;
  readonly containers: readonly ContainerModel[];
  /** The container definitions as DescribeTaskDefinition tells them, and other members of its answer. */
  readonly description: Readonly<Record<string, unknown>>;
}

/** One container definition. */
export interface ContainerModel {
  readonly name: string;
  /** `000000000000.dkr.ecr.us-east-1.amazonaws.com/assets:tag`. */
  readonly imageUri: string;
  readonly image: ContainerImage;
  /** Whether the task ends with the container. */
  readonly essential: boolean;
  /** In place of the image's. */
  readonly entryPoint?: readonly string[];
  /** In place of the image's. */
  readonly command?: readonly string[];
  /** Absolute, in place of the image's. */
  readonly workingDirectory?: string;
  readonly environment: Readonly<Record<string, string>>;
  /** TCP ports that the container listens on. */
  readonly ports: readonly number[];
  /** Undefined: what the container writes is kept nowhere. */
  readonly logs?: { readonly groupName: string; readonly streamPrefix: string };
  readonly healthCheck?: HealthCheckModel;
  /** Between SIGTERM and SIGKILL. */
  readonly stopTimeoutSeconds: number;
}

/** An image of the assembly: a Dockerfile that only copies. */
export interface ContainerImage {
  /** Absolute path of the build's folder. */
  readonly directory: string;
  readonly plan: ImagePlan;
}

/** Defaults and limits: ECS API reference, HealthCheck. */
export interface HealthCheckModel {
  /** `CMD` or `CMD-SHELL`, and what follows. */
  readonly command: readonly [kind: 'CMD' | 'CMD-SHELL', ...rest: string[]];
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  /** Failures in a row that make the container unhealthy. */
  readonly retries: number;
  /** Time after the start in which failures do not count. */
  readonly startPeriodSeconds: number;
}

/** `AWS::ECS::Service`. */
export interface ContainerServiceModel extends Declared {
  readonly name: string;
  readonly arn: string;
  readonly clusterArn: string;
  readonly taskDefinitionArn: string;
  readonly desiredCount: number;
  readonly circuitBreaker: { readonly enable: boolean; readonly rollback: boolean };
}

export const declaredClusters = new ResourceList<ClusterModel>();

export const declaredTaskDefinitions = new ResourceList<TaskDefinitionModel>();

export const declaredContainerServices = new ResourceList<ContainerServiceModel>();
