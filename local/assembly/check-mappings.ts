import type { MappingModel } from '../model.ts';
import type { Draft } from './draft.ts';
import { assemblyError, refusedByAws } from './error-codes.ts';

/** Refuses the mappings that CreateEventSourceMapping would refuse, in the words it uses. */
export function checkMappings(draft: Draft): void {
  draft.mappings.forEach((mapping, index) => {
    const queue = draft.queues.find(({ arn }) => arn === mapping.queueArn);
    const target = draft.functions.find(({ name }) => name === mapping.functionName);
    if (target === undefined) {
      const code = 'ResourceNotFoundException';
      throw refused(
        mapping,
        'FunctionName',
        `Function not found: ${mapping.functionName}`,
        'Declare the function.',
        code,
      );
    }
    if (queue === undefined) {
      throw refused(
        mapping,
        'EventSourceArn',
        'Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist for this wsdl version.',
        `Declare the queue ${mapping.queueArn} in a stack of the app.`,
      );
    }
    checkBatching(mapping, queue.fifo);
    if (target.timeoutSeconds > queue.visibilityTimeoutSeconds) {
      throw refused(
        mapping,
        'EventSourceArn',
        `Queue visibility timeout: ${queue.visibilityTimeoutSeconds} seconds is less than Function timeout: ${target.timeoutSeconds} seconds`,
        `Set the visibility timeout of ${queue.logicalId} to ${6 * target.timeoutSeconds} seconds (6 times the function timeout, as AWS advises), or shorten the timeout of ${target.logicalId}.`,
      );
    }
    const earlier = draft.mappings.slice(0, index).find((other) => same(other, mapping));
    if (earlier !== undefined) {
      throw refused(
        mapping,
        'EventSourceArn',
        `An event source mapping with SQS arn (" ${mapping.queueArn} ") and function (" ${mapping.functionName} ") already exists. Please update or delete the existing mapping with UUID ${earlier.uuid}`,
        `Remove one of ${earlier.logicalId} and ${mapping.logicalId}.`,
        'ResourceConflictException',
      );
    }
  });
}

function checkBatching(mapping: MappingModel, fifo: boolean): void {
  const { batchSize, windowSeconds } = mapping;
  if (fifo && windowSeconds > 0) {
    const message = 'Invalid request provided: Batching window is not supported for FIFO queues';
    throw refused(mapping, 'MaximumBatchingWindowInSeconds', message, 'Remove the window.');
  }
  if (fifo && batchSize > 10) {
    throw assemblyError(
      'REFUSED_BY_AWS',
      `AWS would refuse this: the batch size of a FIFO queue is at most 10, and this one is ${batchSize}.`,
      'Set the batch size to 10 or less.',
      { stack: mapping.stack, logicalId: mapping.logicalId, property: '/Properties/BatchSize' },
    );
  }
  if (batchSize > 10 && windowSeconds === 0) {
    throw refused(
      mapping,
      'BatchSize',
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
      'Set a window of at least 1 second, or a batch size of 10 or less.',
    );
  }
}

function same(one: MappingModel, other: MappingModel): boolean {
  return one.queueArn === other.queueArn && one.functionName === other.functionName;
}

function refused(
  { stack, logicalId }: MappingModel,
  property: string,
  message: string,
  remedy: string,
  code = 'InvalidParameterValueException',
): Error {
  return refusedByAws(code, message, remedy, { stack, logicalId, property: `/Properties/${property}` });
}
