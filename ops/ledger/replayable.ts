import {
  type FailureRow,
  type Lineage,
  lineageAttribute,
  type MessageAttributes,
  mostReplays,
  replayCap,
} from '../../shared/orders-table.ts';
import type { OutgoingMessage } from '../aws/send-messages.ts';

/** SQS takes ten message attributes (Developer Guide, message metadata); one of them is the lineage. */
const maximumOwnAttributes = 9;

/** What a person insists on. */
export interface Insistence {
  /** What would fail again, and beyond the cap, too. */
  readonly force: boolean;
  /** What is replayed already, too: the message that was sent may be lost. Default: no. */
  readonly resend?: boolean | undefined;
}

/** Why a failure is not replayed, whatever its body; undefined when it may be. */
export function refusal(row: FailureRow, { force, resend = false }: Insistence): string | undefined {
  const { status, history, messageAttributes } = row;
  if (status !== 'failed' && !(status === 'replayed' && resend)) return `is ${status} already`;
  // More than the count says when two people replayed it at the same time.
  const replays = Math.max(row.replayCount, history.filter(({ event }) => event === 'replayed').length);
  if (replays >= mostReplays) {
    return `has been replayed ${replays} times, the most its row has room for: send the order anew, or purge it`;
  }
  if (row.replayCount >= replayCap && !force) {
    return `has been replayed ${row.replayCount} times: find out why it comes back, or insist with --force`;
  }
  if (Object.keys(own(messageAttributes)).length > maximumOwnAttributes) {
    return 'has ten message attributes of its own, and the eleventh, its lineage, is more than SQS takes';
  }
}

/** The message that brings a failure back to the orders queue: its body, its attributes and where it comes from. */
export function replayMessage(row: FailureRow, by: string): OutgoingMessage {
  const { orderKey, failureId, replayCount, replayToken: token, body, messageAttributes } = row;
  const lineage: Lineage = { orderKey, failureId, count: replayCount + 1, by, token };
  return {
    body,
    attributes: {
      ...own(messageAttributes),
      [lineageAttribute]: { dataType: 'String', stringValue: JSON.stringify(lineage) },
    },
    groupId: orderKey,
    // A second replay is another message, a second try of the same replay is not.
    deduplicationId: `${failureId}-${lineage.count}`,
  };
}

function own(attributes: MessageAttributes): MessageAttributes {
  const { [lineageAttribute]: _former, ...others } = attributes;
  return others;
}
