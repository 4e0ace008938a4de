import { randomInt } from 'node:crypto';
import type { ContainerServiceModel, TaskDefinitionModel } from './model.ts';
import type { Task } from './task.ts';

export type RolloutState = 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';

/** The tasks of a service by one task definition. */
export class Deployment {
  readonly id = `ecs-svc/${randomInt(2 ** 47)
    .toString()
    .padStart(19, '0')}`;
  readonly definition: TaskDefinitionModel;
  readonly createdAtMs: number;
  readonly tasks = new Set<Task>();
  rolloutState: RolloutState = 'IN_PROGRESS';
  rolloutReason = '';
  /** Tasks that ended before they were ready. */
  failedTasks = 0;

  constructor(definition: TaskDefinitionModel, createdAtMs: number) {
    this.definition = definition;
    this.createdAtMs = createdAtMs;
  }

  /** Tasks that nobody stops. */
  get livingTasks(): readonly Task[] {
    return [...this.tasks].filter(({ status }) => status === 'PROVISIONING' || status === 'RUNNING');
  }

  /** Those whose place is not to be filled yet: a task that ended by itself is replaced after a wait. */
  get countedTasks(): readonly Task[] {
    return [...this.tasks].filter((task) => this.livingTasks.includes(task) || task.failure === 'exit');
  }

  get readyTasks(): readonly Task[] {
    return [...this.tasks].filter(({ isReady }) => isReady);
  }
}

/** Half of the desired tasks, 3 to 200 (ECS Developer Guide, "How the Amazon ECS deployment circuit breaker detects failures"). */
export function failureThreshold(desiredCount: number): number {
  return Math.min(200, Math.max(3, Math.ceil(desiredCount / 2)));
}

/** Whether the circuit breaker ends the deployment. */
export function breaksCircuit(deployment: Deployment, { circuitBreaker }: ContainerServiceModel, desired: number) {
  const { rolloutState, failedTasks } = deployment;
  return circuitBreaker.enable && rolloutState === 'IN_PROGRESS' && failedTasks >= failureThreshold(desired);
}

const backOff = { firstMs: 1_000, mostMs: 60_000 };

/** A task that ran for so long begins a new count of failures. */
export const steadyAfterMs = 60_000;

/** Wait before the next task, after so many that ended by themselves, one soon after the other. */
export function backOffMs(failures: number): number {
  return failures === 0 ? 0 : Math.min(backOff.firstMs * 2 ** (failures - 1), backOff.mostMs);
}
