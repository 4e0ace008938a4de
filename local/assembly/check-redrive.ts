import type { Place } from '../errors.ts';
import type { QueueModel } from '../model.ts';
import { assemblyError, refusedByAws } from './error-codes.ts';

type Queue = Omit<QueueModel, 'policies'>;

/** Refuses a redrive policy whose dead-letter queue is missing, of the other kind, or does not allow this source. */
export function checkRedrive(queues: readonly Queue[]): void {
  for (const queue of queues) {
    if (queue.redrivePolicy === undefined) continue;
    const target = queues.find(({ arn }) => arn === queue.redrivePolicy?.deadLetterTargetArn);
    if (target === undefined)
      throw refused(queue, 'Dead letter target does not exist.', 'Declare the dead-letter queue.');
    if (target.fifo !== queue.fifo) {
      const remedy = 'Make both of them FIFO queues, or neither.';
      throw refused(queue, 'Dead-letter queue must be same type of queue as the source.', remedy);
    }
    if (!allows(target, queue)) {
      throw assemblyError(
        'REFUSED_BY_AWS',
        `AWS would refuse this: the redriveAllowPolicy of ${target.logicalId} does not let this queue use it.`,
        `Let it name ${queue.arn}.`,
        placeOf(queue),
      );
    }
  }
}

/** `redriveAllowPolicy`: everybody unless it says `denyAll`, or `byQueue` with a list of sources. */
function allows(target: Queue, source: Queue): boolean {
  const policy = target.redriveAllowPolicy;
  if (policy === undefined || policy['redrivePermission'] === 'allowAll') return true;
  const sources = policy['sourceQueueArns'];
  return policy['redrivePermission'] === 'byQueue' && Array.isArray(sources) && sources.includes(source.arn);
}

function refused(queue: Queue, reason: string, remedy: string): Error {
  return refusedByAws(
    'InvalidParameterValue',
    `Value ${JSON.stringify(queue.redrivePolicy)} for parameter RedrivePolicy is invalid. Reason: ${reason}`,
    remedy,
    placeOf(queue),
  );
}

function placeOf({ stack, logicalId }: Queue): Place {
  return { stack, logicalId, property: '/Properties/RedrivePolicy' };
}
