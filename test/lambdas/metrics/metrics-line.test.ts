import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { metricsLine } from '../../../lambdas/common/metrics.ts';
import { failureMetricNames, metricNames } from '../../../shared/telemetry.ts';

const names = [...Object.values(metricNames), ...Object.values(failureMetricNames)];

interface MetricsDocument extends Readonly<Record<string, unknown>> {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
}

describe('the metrics of an invocation', () => {
  test('are a document of the embedded metric format, by function', () => {
    expect(metricsLine({ OrdersProcessed: 9, BadOrders: 1 }, 'process', 1_767_225_600_000)).toBe(
      JSON.stringify({
        _aws: {
          Timestamp: 1_767_225_600_000,
          CloudWatchMetrics: [
            {
              Namespace: 'OrderPipeline',
              Dimensions: [['FunctionName']],
              Metrics: [
                { Name: 'OrdersProcessed', Unit: 'Count' },
                { Name: 'BadOrders', Unit: 'Count' },
              ],
            },
          ],
        },
        FunctionName: 'process',
        OrdersProcessed: 9,
        BadOrders: 1,
      }),
    );
  });

  test('are nothing where nothing was counted', () => {
    expect(metricsLine({}, 'process', 0)).toBeUndefined();
    expect(metricsLine({ OrdersProcessed: 0 }, 'process', 0)).toBeUndefined();
  });

  test('name what CloudWatch reads, and nothing else: every metric and dimension is a member of the document', () => {
    const anyCounts = fc.dictionary(fc.constantFrom(...names), fc.nat());
    fc.assert(
      fc.property(anyCounts, fc.stringMatching(/^[\w-]{1,64}$/), (counts, functionName) => {
        const line = metricsLine(counts, functionName, 1_767_225_600_000);
        const positive = Object.entries(counts).filter(([, count]) => count > 0);
        if (positive.length === 0) return line === undefined;
        const { _aws, ...members } = JSON.parse(line!) as MetricsDocument;
        const [directive, ...others] = _aws.CloudWatchMetrics;
        expect(others).toEqual([]);
        expect(members).toEqual({ FunctionName: functionName, ...Object.fromEntries(positive) });
        expect(directive!.Metrics.map(({ Name }) => Name)).toEqual(positive.map(([name]) => name));
        expect(directive!.Dimensions).toEqual([['FunctionName']]);
        // CloudWatch Logs takes a document of at most 256 KB and 100 metrics.
        return line!.length < 2_000 && !line!.includes('\n');
      }),
    );
  });
});
