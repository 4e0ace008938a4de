import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { ConsumerSettings, FunctionSettings } from '../configuration/settings.ts';
import type { ConsumedQueue } from './thresholds.ts';

/** A function to watch: a `PipelineFunction`, or what is known of any other. */
export interface MonitoredFunction {
  /** What alarms and graphs call it. */
  readonly name: string;
  readonly function: IFunction;
  readonly logGroup: ILogGroup;
  readonly settings: FunctionSettings;
}

/** A function that a queue feeds: a `QueueConsumer`, or what is known of any other. */
export interface MonitoredConsumer extends MonitoredFunction {
  readonly settings: ConsumerSettings;
  /** Of its event source mapping, whose own metrics are switched on. Without it the dashboard does without them. */
  readonly mappingId?: string;
}

/** A queue to watch and what consumes it. */
export interface MonitoredQueue extends ConsumedQueue {
  /** What alarms and graphs call it. */
  readonly name: string;
  readonly queue: IQueue;
  readonly consumer: MonitoredConsumer;
}

/** A pipeline: a queue with its consumer, and as much around them as there is. */
export interface MonitoredPipeline {
  readonly orders: MonitoredQueue;
  /**
   * The dead-letter queue, with a consumer that writes failures down and publishes the metrics that shared/telemetry.ts
   * lists for failed-orders: nothing else tells of a failure, since the queue it empties is empty all the time.
   */
  readonly badOrders?: MonitoredQueue;
  /** Fills the queue, and publishes the metrics that shared/telemetry.ts lists for generate-orders. */
  readonly producer?: MonitoredFunction;
  /** Where messages end that nobody could handle: `lastStop` of a `QueuePair`. */
  readonly lastStop: IQueue;
  /** Where orders and failures are written. */
  readonly table?: Pick<ITable, 'metricConsumedReadCapacityUnits' | 'metricConsumedWriteCapacityUnits'>;
}

export function queuesOf({ orders, badOrders }: MonitoredPipeline): readonly MonitoredQueue[] {
  return badOrders === undefined ? [orders] : [orders, badOrders];
}

export function functionsOf(pipeline: MonitoredPipeline): readonly MonitoredFunction[] {
  const { producer } = pipeline;
  return [...(producer === undefined ? [] : [producer]), ...queuesOf(pipeline).map(({ consumer }) => consumer)];
}
