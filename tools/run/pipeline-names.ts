import { type LocalModel, LocalRuntimeError } from 'local-aws';
import type { PipelineNames } from './start/tally.ts';

/** What `npm start` needs beside what it watches. */
export interface StartNames {
  readonly generateOrders: string;
  readonly ordersTable: string;
}

/** The physical names of the pipeline's parts, from the outputs that the stack keeps stable. */
export function pipelineNames(model: LocalModel): PipelineNames & StartNames {
  const outputs = new Map(model.stacks.flatMap((stack) => stack.outputs).map(({ key, value }) => [key, value]));
  const output = (key: string): string => {
    const value = outputs.get(key);
    if (value !== undefined) return value;
    throw new LocalRuntimeError('OUTPUT_MISSING', `The stack has no output ${key}.`, 'Add it back to lib/.');
  };
  const queueName = (key: string) => output(key).split('/').at(-1) ?? '';
  return {
    ordersQueue: queueName('OrdersQueueUrl'),
    badOrdersQueue: queueName('BadOrdersQueueUrl'),
    generateOrders: output('GenerateOrdersFunctionName'),
    ordersTable: output('OrdersTableName'),
    processOrders: output('ProcessOrdersFunctionName'),
    failedOrders: output('FailedOrdersFunctionName'),
  };
}
