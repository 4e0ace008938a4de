import { assumptions, invocationMs } from './cost-model.ts';

/** The settings that decide how many orders a second pass. */
export interface CapacitySettings {
  readonly maximumConcurrency: number;
  readonly batchSize: number;
  readonly consumerMemoryMb: number;
  /** Writes of 1 KB that the orders table takes from the start. */
  readonly warmWritesPerSecond: number;
}

/** Good orders a second in full batches, as each part would let them pass. The smaller figure is the pipeline's. */
export interface Capacity {
  readonly consumer: number;
  /** Above this a new table throttles. It grows to twice its former peak within half an hour. */
  readonly table: number;
}

/**
 * @param orderBytes size of a row. A write takes a unit for each KB that it begins (DynamoDB Developer Guide, "DynamoDB
 *   read and write operations")
 */
export function capacityOf(settings: CapacitySettings, orderBytes = 1_024): Capacity {
  const { maximumConcurrency, batchSize, consumerMemoryMb, warmWritesPerSecond } = settings;
  const batchesASecond = (maximumConcurrency * 1_000) / invocationMs(batchSize, consumerMemoryMb, 1);
  const writeUnits = assumptions.orderWriteUnits * Math.ceil(orderBytes / 1_024);
  return { consumer: batchesASecond * batchSize, table: warmWritesPerSecond / writeUnits };
}
