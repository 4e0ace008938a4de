import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { ConsumerSettings, FunctionSettings } from '../settings.ts';
import type { ConsumedQueue } from './thresholds.ts';

/** A function to watch: a `PipelineFunction`, or any other. */
export interface MonitoredFunction {
  /** What alarms and graphs call it. */
  readonly name: string;
  readonly function: IFunction;
  readonly logGroup: ILogGroup;
  readonly settings: FunctionSettings;
}

/** A function to watch and the queue that feeds it: a `QueueConsumer` and its queue, or any others. */
export interface MonitoredConsumer extends MonitoredFunction, ConsumedQueue {
  readonly settings: ConsumerSettings;
  readonly queue: IQueue;
  /** What alarms and graphs call the queue. */
  readonly queueName: string;
  /** Of the event source mapping, whose own metrics are switched on. Without it the dashboard does without them. */
  readonly mappingId?: string;
}

/** A pipeline: a queue and its consumer, and as much around them as there is. */
export interface MonitoredPipeline {
  readonly consumer: MonitoredConsumer;
  /**
   * Consumes the dead-letter queue and writes failures down. It must publish the metrics that shared/metrics.ts lists
   * for failed-orders: nothing else tells of a failure, since the queue it empties is empty all the time.
   */
  readonly failureConsumer?: MonitoredConsumer;
  /** Fills the queue, and publishes the metrics that shared/metrics.ts lists for generate-orders. */
  readonly producer?: MonitoredFunction;
  /** Where messages end that nobody could handle: `lastStop` of a `QueuePair`. */
  readonly lastStop: IQueue;
  /** Where orders and failures are written. */
  readonly table?: ITable;
}

export function functionsOf({ producer, consumer, failureConsumer }: MonitoredPipeline): readonly MonitoredFunction[] {
  return [producer, consumer, failureConsumer].filter((each) => each !== undefined);
}

export function consumersOf({ consumer, failureConsumer }: MonitoredPipeline): readonly MonitoredConsumer[] {
  return failureConsumer === undefined ? [consumer] : [consumer, failureConsumer];
}
