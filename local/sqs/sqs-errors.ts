import { AwsError } from '../endpoint/aws-error.ts';

/**
 * SQS's faults, with the code of the JSON protocol and the older one of the Query protocol, which clients still see
 * (botocore's `Error.Code`). Codes, statuses and messages are those in the API reference and in the responses that
 * LocalStack recorded from AWS (tests/aws/services/sqs).
 */
const namespaced = (code: string, message: string, queryName = code, httpStatus = 400) =>
  new AwsError(code, message, { httpStatus, queryCode: `AWS.SimpleQueueService.${queryName}` });

export const queueDoesNotExist = () =>
  namespaced('QueueDoesNotExist', 'The specified queue does not exist.', 'NonExistentQueue');

export const queueNameExists = (attribute: string) =>
  new AwsError(
    'QueueNameExists',
    `A queue already exists with the same name and a different value for attribute ${attribute}`,
    { queryCode: 'QueueAlreadyExists' },
  );

export const queueDeletedRecently = () =>
  namespaced(
    'QueueDeletedRecently',
    'You must wait 60 seconds after deleting a queue before you can create another with the same name.',
  );

export const purgeQueueInProgress = (queueName: string) =>
  namespaced(
    'PurgeQueueInProgress',
    `Only one PurgeQueue operation on ${queueName} is allowed every 60 seconds.`,
    'PurgeQueueInProgress',
    403,
  );

export const invalidParameterValue = (message: string) =>
  new AwsError('InvalidParameterValueException', message, { queryCode: 'InvalidParameterValue' });

export const invalidValue = (value: string | number, parameter: string, reason: string) =>
  invalidParameterValue(`Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`);

export const missingParameter = (parameter: string) =>
  new AwsError('MissingRequiredParameterException', `The request must contain the parameter ${parameter}.`, {
    queryCode: 'MissingParameter',
  });

export const invalidMessageContents = () =>
  new AwsError(
    'InvalidMessageContents',
    'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | ' +
      '#x10000 to #x10FFFF',
  );

export const invalidAttributeName = (message: string) => new AwsError('InvalidAttributeName', message);

export const invalidAttributeValue = (message: string) => new AwsError('InvalidAttributeValue', message);

export const invalidAddress = (address: string) =>
  new AwsError('InvalidAddress', `The address ${address} is not valid for this endpoint.`, { httpStatus: 404 });

export const receiptHandleIsInvalid = (handle: string) =>
  new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`, {
    httpStatus: 404,
  });

export const messageNotInflight = () => namespaced('MessageNotInflight', 'The specified message is not in flight.');

export const overLimit = (message: string) => new AwsError('OverLimit', message, { httpStatus: 403 });

export const resourceNotFound = (message: string) =>
  new AwsError('ResourceNotFoundException', message, { httpStatus: 404 });

export const emptyBatchRequest = (entryName: string) =>
  namespaced('EmptyBatchRequest', `There should be at least one ${entryName} in the request.`);

export const tooManyEntries = (count: number) =>
  namespaced('TooManyEntriesInBatchRequest', `Maximum number of entries per request are 10. You have sent ${count}.`);

export const batchRequestTooLong = (limitBytes: number, bytes: number) =>
  namespaced(
    'BatchRequestTooLong',
    `Batch requests cannot be longer than ${limitBytes} bytes. You have sent ${bytes} bytes.`,
  );

export const batchEntryIdsNotDistinct = (id: string) => namespaced('BatchEntryIdsNotDistinct', `Id ${id} repeated.`);

export const invalidBatchEntryId = () =>
  namespaced(
    'InvalidBatchEntryId',
    'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters ' +
      'long.',
  );
