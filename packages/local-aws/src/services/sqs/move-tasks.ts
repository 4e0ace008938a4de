import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { StoredMessage } from './message.ts';
import type { QueueRegistry } from './queue-registry.ts';
import type { Queue } from './queue.ts';
import { invalidParameterValue, resourceNotFound } from './sqs-errors.ts';

/** Messages a second, when the caller sets none and at most. Source: API reference of StartMessageMoveTask. */
export const moveRateLimit = 500;

/** How many ended tasks of a queue AWS remembers: what ListMessageMoveTasks can list. */
const rememberedTasks = 10;

const tickMs = 1000;

/** A message move task, as `ListMessageMoveTasks` tells it. `maxPerSecond` is 1 to 500. */
export interface MoveTask {
  readonly handle: string;
  readonly sourceArn: string;
  /** Undefined: each message goes back to the queue it came from. */
  readonly destinationArn: string | undefined;
  readonly maxPerSecond: number | undefined;
  readonly startedAtMs: number;
  readonly toMove: number;
  moved: number;
  status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  failureReason?: string;
}

/** Brings the messages of DLQs back, in the background: one task a queue, at most 500 messages a second. */
export class MoveTasks {
  readonly #clock: Clock;
  readonly #queues: QueueRegistry;
  /** By source ARN, newest first. */
  readonly #tasks = new Map<string, MoveTask[]>();
  readonly #timers = new Map<MoveTask, () => void>();

  constructor(clock: Clock, queues: QueueRegistry) {
    this.#clock = clock;
    this.#queues = queues;
  }

  /** The source's tasks, newest first. */
  of(source: Queue): readonly MoveTask[] {
    return this.#tasks.get(source.arn) ?? [];
  }

  /** Throws `InvalidParameterValue` while another task of the source runs. */
  start(source: Queue, destination: Queue | undefined, maxPerSecond: number | undefined): MoveTask {
    const earlier = this.of(source);
    if (earlier[0]?.status === 'RUNNING') {
      throw invalidParameterValue(
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      );
    }
    const task: MoveTask = {
      handle: encodeTaskHandle(randomUUID(), source.arn),
      sourceArn: source.arn,
      destinationArn: destination?.arn,
      maxPerSecond,
      startedAtMs: this.#clock.now(),
      toMove: source.counts.available,
      moved: 0,
      status: 'RUNNING',
    };
    this.#tasks.set(source.arn, [task, ...earlier].slice(0, rememberedTasks));
    this.#timers.set(
      task,
      this.#clock.after(0, () => this.#step(task)),
    );
    return task;
  }

  /** Throws for a handle that is none, names no queue, or no running task. */
  cancel(handle: string): MoveTask {
    const source = this.#queues.byArn(sourceOfTask(handle));
    if (source === undefined) {
      throw resourceNotFound("The resource that you specified for the SourceArn parameter doesn't exist.");
    }
    const task = this.of(source).find((candidate) => candidate.handle === handle);
    if (task === undefined) throw resourceNotFound('Task does not exist.');
    if (task.status !== 'RUNNING') {
      throw invalidParameterValue('Only active tasks can be cancelled.');
    }
    this.#end(task, 'CANCELLED');
    return task;
  }

  close(): void {
    for (const cancelTimer of this.#timers.values()) cancelTimer();
    this.#timers.clear();
  }

  /** One second's share. Messages in flight stay with their consumers; the task ends when no other is left. */
  #step(task: MoveTask): void {
    const source = this.#queues.byArn(task.sourceArn);
    if (source === undefined) return this.#end(task, 'FAILED', 'AWS.SimpleQueueService.NonExistentQueue');
    const share = Math.min(task.maxPerSecond ?? moveRateLimit, task.toMove - task.moved);
    const target = (message: StoredMessage) =>
      this.#queues.byArn(task.destinationArn ?? message.deadLetterQueueSourceArn ?? '');
    const { moved, stranded } = source.redrive(share, target);
    task.moved += moved;
    if (stranded !== undefined) return this.#end(task, 'FAILED', reasonFor(task, stranded));
    if (task.moved >= task.toMove || moved < share) return this.#end(task, 'COMPLETED');
    this.#timers.set(
      task,
      this.#clock.after(tickMs, () => this.#step(task)),
    );
  }

  #end(task: MoveTask, status: 'COMPLETED' | 'CANCELLED' | 'FAILED', failureReason?: string): void {
    this.#timers.get(task)?.();
    this.#timers.delete(task);
    task.status = status;
    if (failureReason !== undefined) task.failureReason = failureReason;
  }
}

function reasonFor(task: MoveTask, message: StoredMessage): string {
  const isFromNowhere = task.destinationArn === undefined && message.deadLetterQueueSourceArn === undefined;
  return isFromNowhere ? 'CouldNotDetermineMessageSource' : 'AWS.SimpleQueueService.NonExistentQueue';
}

/** A task handle names its source queue, as on AWS (recorded by LocalStack, test_sqs_move_task.py). */
function encodeTaskHandle(taskId: string, sourceArn: string): string {
  return Buffer.from(JSON.stringify({ taskId, sourceArn })).toString('base64');
}

/** The source queue's ARN in a task handle. Throws `InvalidParameterValue`. */
export function sourceOfTask(handle: string): string {
  try {
    const decoded: unknown = JSON.parse(Buffer.from(handle, 'base64').toString());
    const { taskId, sourceArn } = decoded as { taskId?: unknown; sourceArn?: unknown };
    if (typeof taskId === 'string' && typeof sourceArn === 'string') return sourceArn;
  } catch {
    // Refused below, like a handle that lacks a part.
  }
  throw invalidParameterValue('Value for parameter TaskHandle is invalid.');
}
