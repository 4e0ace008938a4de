import type { Operation, RpcService } from '../endpoint/service.ts';
import { getMetricStatistics, type MetricSources } from './get-metric-statistics.ts';

/** CloudWatch, for the one metric that no other API tells: how long the oldest message of a queue has waited. */
export class CloudWatchService implements RpcService {
  readonly signingName = 'monitoring';
  readonly targetPrefix = 'GraniteServiceVersion20100801';
  readonly xmlNamespace = 'http://monitoring.amazonaws.com/doc/2010-08-01/';
  readonly operations: Readonly<Record<string, Operation>>;

  constructor(sources: MetricSources) {
    this.operations = { GetMetricStatistics: getMetricStatistics(sources) };
  }
}
