import type { JsonObject } from '../../endpoint/service.ts';
import type { EventSourceMapping } from '../event-source-mapping.ts';

/** A mapping as the Lambda API describes it (API reference, EventSourceMappingConfiguration). */
export function describeMapping(mapping: EventSourceMapping, functionArn: string): JsonObject {
  const { model, state, lastModifiedMs } = mapping;
  return {
    UUID: model.uuid,
    BatchSize: model.batchSize,
    MaximumBatchingWindowInSeconds: model.windowSeconds,
    EventSourceArn: model.queueArn,
    FunctionArn: functionArn,
    LastModified: lastModifiedMs / 1000,
    State: state,
    StateTransitionReason: 'USER_INITIATED',
    FunctionResponseTypes: model.reportBatchItemFailures ? ['ReportBatchItemFailures'] : [],
    ...(model.maximumConcurrency === undefined
      ? {}
      : { ScalingConfig: { MaximumConcurrency: model.maximumConcurrency } }),
    ...(model.filterPatterns.length === 0
      ? {}
      : { FilterCriteria: { Filters: model.filterPatterns.map((Pattern) => ({ Pattern })) } }),
    EventSourceMappingArn: functionArn.replace(/:function:.*$/, `:event-source-mapping:${model.uuid}`),
  };
}
