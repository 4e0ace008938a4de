import type { Operation } from '../../endpoint/service.ts';
import { newMessage } from '../message-checks.ts';
import type { SentMessage } from '../message.ts';
import { messageAttributes, queueOperation } from '../operation-input.ts';
import type { SqsContext } from '../sqs-context.ts';

/** What a message to be sent consists of, in SendMessage and in the entries of SendMessageBatch. */
export const messageMembers = {
  MessageBody: 'string',
  DelaySeconds: 'integer',
  MessageAttributes: messageAttributes('MessageAttribute'),
  MessageSystemAttributes: messageAttributes('MessageSystemAttribute'),
  MessageDeduplicationId: 'string',
  MessageGroupId: 'string',
} as const;

export const sendMessage = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'SendMessage', { input: messageMembers }, (queue, input, context) => {
    const [sent] = queue.send([newMessage(input, queue, context)]);
    return sent === undefined ? {} : sentDocument(sent);
  });

export function sentDocument(sent: SentMessage): Record<string, string> {
  return {
    MessageId: sent.messageId,
    MD5OfMessageBody: sent.md5OfBody,
    ...(sent.md5OfMessageAttributes !== undefined && { MD5OfMessageAttributes: sent.md5OfMessageAttributes }),
    ...(sent.sequenceNumber !== undefined && { SequenceNumber: sent.sequenceNumber }),
  };
}
