import { AwsError } from '../../endpoint/api.ts';

/**
 * SNS's faults, by the codes of the Query protocol. Codes, statuses and messages are those in the API reference and in
 * the answers that LocalStack recorded from AWS (tests/aws/services/sns).
 */
export const invalidParameter = (what: string) => new AwsError('InvalidParameter', `Invalid parameter: ${what}`);

/** What a parameter must not be, in AWS's own sentence without its usual beginning. */
export const invalidParameterInWords = (message: string) => new AwsError('InvalidParameter', message);

/** Status 404: `Topic`, `Subscription`. */
export const doesNotExist = (what: 'Topic' | 'Subscription') =>
  new AwsError('NotFound', `${what} does not exist`, { httpStatus: 404 });

/** A message attribute that will not do (recorded, test_empty_or_wrong_message_attributes). */
export const invalidMessageAttribute = (message: string) => new AwsError('ParameterValueInvalid', message);

/** A required member that is absent: `path` as SNS writes it, `messageAttributes.a.member.dataType`. */
export const missingMember = (path: string) =>
  new AwsError(
    'ValidationError',
    `1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`,
  );

/** PublishBatch of more than 10 messages. */
export const tooManyEntries = () =>
  new AwsError('TooManyEntriesInBatchRequest', 'The batch request contains more entries than permissible.');

/** PublishBatch without messages. */
export const emptyBatch = () => new AwsError('EmptyBatchRequest', "The batch request doesn't contain any entries.");

/** Two messages of a batch with the same `Id`. */
export const entryIdsNotDistinct = () =>
  new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');

/** An `Id` that is too long, or has other characters than letters, digits, hyphens and underscores. */
export const invalidEntryId = (id: string) =>
  new AwsError(
    'InvalidBatchEntryId',
    id.length > 80
      ? `The Id of a batch entry in the batch request is too long: ${id}`
      : `The Id of a batch entry in the batch request contains an impermissible character: ${id}`,
  );

/** Messages of a batch that are larger together than one may be. */
export const batchTooLong = () =>
  new AwsError('BatchRequestTooLong', 'The length of all the messages put together is more than the limit.');

/** TagResource, UntagResource and ListTagsForResource of a topic that is not there: status 404. */
export const resourceNotFound = () => new AwsError('ResourceNotFound', 'Resource does not exist', { httpStatus: 404 });

/** For what AWS has and this endpoint does not: status 501, with a remedy in the message. */
export const notServed = (what: string, remedy: string) =>
  new AwsError('NotImplemented', `The local endpoint does not implement sns: ${what}. ${remedy}`, { httpStatus: 501 });

/** Throws in SNS's words what is no ARN of six parts. */
export function checkArn(arn: string, parameter: 'TopicArn' | 'SubscriptionArn'): void {
  const elements = arn.split(':').length;
  if (elements >= 6) return;
  throw invalidParameter(`${parameter} Reason: An ARN must have at least 6 elements, not ${elements}`);
}
