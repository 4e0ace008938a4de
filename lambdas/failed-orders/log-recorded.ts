import type { Message } from '../../shared/consumed-record.ts';
import { logMessages } from '../../shared/log-messages.ts';
import type { Recorded } from './record-failure.ts';

/**
 * One line for each message. The body is left out: it is personal data, and logs are read by more people than tables
 * are. The customer's name is logged only where the configuration says so.
 */
export function logRecorded(recorded: Recorded, message: Message, logCustomerNames: boolean): void {
  const { messageId, receiveCount, traceId, sourceQueueArn } = message;
  const { orderId, customerName } = recorded;
  const identity = {
    orderId,
    messageId,
    receiveCount,
    ...(traceId !== null && { traceId }),
    ...(logCustomerNames && { customerName }),
  };
  if (recorded.result === 'already-processed') {
    console.info({ message: logMessages.alreadyProcessed, ...identity, firstMessageId: recorded.firstMessageId });
    return;
  }
  const { kind, reasons, cause } = recorded;
  const sourceQueue = sourceQueueArn?.split(':').at(-1) ?? null;
  const line = { ...identity, kind, reasons, cause, sourceQueue };
  if (recorded.result === 'failed') console.error({ message: logMessages.failedOrder, ...line });
  else console.info({ message: logMessages.failureAlreadyRecorded, ...line });
}
