import type { Operation } from '../../endpoint/service.ts';
import { queueOperation, requiredString } from '../operation-input.ts';
import type { SqsContext } from '../sqs-context.ts';
import { invalidValue } from '../sqs-errors.ts';

/** Removes a statement from the queue's policy, and the policy with its last statement. */
export const removePermission = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'RemovePermission', { input: { Label: 'string' } }, (queue, input) => {
    const label = requiredString(input, 'Label');
    const { policy, ...others } = queue.settings;
    const kept = policy?.Statement.filter(({ Sid: sid }) => sid !== label) ?? [];
    if (policy === undefined || kept.length === policy.Statement.length) {
      throw invalidValue(label, 'Label', "can't find label.");
    }
    queue.configure(kept.length === 0 ? others : { ...others, policy: { ...policy, Statement: kept } });
    return {};
  });
