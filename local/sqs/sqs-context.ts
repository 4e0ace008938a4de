import type { Clock } from '../clock.ts';
import type { MoveTasks } from './move-tasks.ts';
import type { QueueRegistry } from './queue-registry.ts';
import type { ReceiveAttempts } from './receive-attempts.ts';

/** What SQS's operations work on. */
export interface SqsContext {
  readonly queues: QueueRegistry;
  readonly moveTasks: MoveTasks;
  readonly receiveAttempts: ReceiveAttempts;
  readonly clock: Clock;
  readonly accountId: string;
  readonly queueUrl: (queueName: string) => string;
}
