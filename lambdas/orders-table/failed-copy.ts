import { failedCopyText, type FailurePlace, mostFailedCopies, orderRowKey } from '../../shared/orders-table.ts';
import { updateRequest, type UpdateRequest } from './update-request.ts';

/**
 * Leaves word of a failure in its order's row, so that a copy which is processed later marks it. Of two writes to one
 * item one is first: either the order comes later, and finds this; or it is there, and the condition fails. It also
 * fails when the row remembers as many as it may.
 */
export function failedCopyUpdate(orderKey: string, contentHash: string, place: FailurePlace): UpdateRequest {
  return updateRequest({
    key: orderRowKey(orderKey),
    add: { failedCopies: new Set([failedCopyText(contentHash, place)]) },
    condition:
      'attribute_not_exists(#contentHash) AND (attribute_not_exists(#failedCopies) OR size(#failedCopies) < :most)',
    conditionValues: { most: mostFailedCopies },
  });
}
