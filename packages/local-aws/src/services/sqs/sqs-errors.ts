import { AwsError } from '../../endpoint/api.ts';

/**
 * SQS's faults, with the code of the JSON protocol and the older one of the Query protocol, which clients still see
 * (botocore's `Error.Code`). Codes, statuses and messages are those in the API reference and in the responses that
 * LocalStack recorded from AWS (tests/aws/services/sqs).
 */
const namespaced = (code: string, message: string, queryName = code, httpStatus = 400) =>
  new AwsError(code, message, { httpStatus, queryCode: `AWS.SimpleQueueService.${queryName}` });

/**
 * Nothing in this account is named like that. Also for a queue URL of another account, and for an address that is none.
 * Both texts are recorded by LocalStack (test_non_existent_queue).
 */
export const queueDoesNotExist = () =>
  new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', {
    queryCode: 'AWS.SimpleQueueService.NonExistentQueue',
    queryMessage: 'The specified queue does not exist for this wsdl version.',
  });

/** CreateQueue of a queue that is there with another value of `attribute`. */
export const queueNameExists = (attribute: string) =>
  new AwsError(
    'QueueNameExists',
    `A queue already exists with the same name and a different value for attribute ${attribute}`,
    { queryCode: 'QueueAlreadyExists' },
  );

/** CreateQueue within 60 seconds after DeleteQueue. */
export const queueDeletedRecently = () =>
  namespaced(
    'QueueDeletedRecently',
    'You must wait 60 seconds after deleting a queue before you can create another with the same name.',
  );

/** PurgeQueue within 60 seconds after another one: status 403. */
export const purgeQueueInProgress = (queueName: string) =>
  namespaced(
    'PurgeQueueInProgress',
    `Only one PurgeQueue operation on ${queueName} is allowed every 60 seconds.`,
    'PurgeQueueInProgress',
    403,
  );

/** A parameter whose value will not do, in AWS's words for the case at hand. */
export const invalidParameterValue = (message: string) =>
  new AwsError('InvalidParameterValueException', message, { queryCode: 'InvalidParameterValue' });

/** `InvalidParameterValue` in the words that SQS has for most parameters; `reason` is a sentence or more. */
export const invalidValue = (value: string | number, parameter: string, reason: string) =>
  invalidParameterValue(`Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`);

/** A required parameter that is absent or empty. */
export const missingParameter = (parameter: string) =>
  new AwsError('MissingRequiredParameterException', `The request must contain the parameter ${parameter}.`, {
    queryCode: 'MissingParameter',
  });

/** A body with a character outside of what the message lists (API reference, SendMessage). */
export const invalidMessageContents = () =>
  new AwsError(
    'InvalidMessageContents',
    'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | ' +
      '#x10000 to #x10FFFF',
  );

/** An attribute that there is not, or not for such a queue. */
export const invalidAttributeName = (message: string) => new AwsError('InvalidAttributeName', message);

/** A queue attribute whose value is outside its limits. */
export const invalidAttributeValue = (message: string) => new AwsError('InvalidAttributeValue', message);

/** What this queue has given to nobody as a receipt handle. */
export const receiptHandleIsInvalid = (handle: string) =>
  new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`, {
    httpStatus: 404,
  });

/** ChangeMessageVisibility of a FIFO queue's message that has become visible again. */
export const messageNotInflight = () => namespaced('MessageNotInflight', 'The specified message is not in flight.');

/** `StringListValues` and `BinaryListValues`, which the API reference of MessageAttributeValue calls not implemented. */
export const unsupportedLists = () =>
  namespaced('UnsupportedOperation', 'Message attribute list values in SendMessage operation are not supported.');

/** Status 403: more messages in flight, statements or actions than SQS takes; `message` names limit and number. */
export const overLimit = (message: string) => new AwsError('OverLimit', message, { httpStatus: 403 });

/** Message move tasks: no queue behind an ARN, or no task behind a handle. */
export const resourceNotFound = (message: string) =>
  new AwsError('ResourceNotFoundException', message, { httpStatus: 404 });

/** A batch without entries; `entryName` is the request's element: `SendMessageBatchRequestEntry`. */
export const emptyBatchRequest = (entryName: string) =>
  namespaced('EmptyBatchRequest', `There should be at least one ${entryName} in the request.`);

/** A batch of more than 10 entries. */
export const tooManyEntries = (count: number) =>
  namespaced('TooManyEntriesInBatchRequest', `Maximum number of entries per request are 10. You have sent ${count}.`);

/** SendMessageBatch of more than `limitBytes` in all its entries, attributes included. */
export const batchRequestTooLong = (limitBytes: number, bytes: number) =>
  namespaced(
    'BatchRequestTooLong',
    `Batch requests cannot be longer than ${limitBytes} bytes. You have sent ${bytes} bytes.`,
  );

/** Two entries of a batch with the same `Id`. */
export const batchEntryIdsNotDistinct = (id: string) => namespaced('BatchEntryIdsNotDistinct', `Id ${id} repeated.`);

/** An entry whose `Id` is missing or not 1 to 80 of the characters that the message names. */
export const invalidBatchEntryId = () =>
  namespaced(
    'InvalidBatchEntryId',
    'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters ' +
      'long.',
  );
