import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { metricsLine } from '../../../lambdas/common/metrics.ts';
import { failureMetricNames, metricNames } from '../../../shared/telemetry.ts';
import {
  assumptions,
  costOf,
  costOfEvents,
  demoUse,
  eventsUse,
  mailsUse,
  pipelineUse,
  prices,
} from '../../../tools/plan/cost-model.ts';

const ours = { consumerMemoryMb: 512, failedMemoryMb: 512, maxReceiveCount: 5 };
const demo = { consumerMemoryMb: 128, failedMemoryMb: 128, maxReceiveCount: 1 };
const flow = fc.record({
  badRate: fc.double({ min: 0.001, max: 1, noNaN: true }),
  fill: fc.integer({ min: 1, max: 10 }),
});

describe('the cost of a million orders', () => {
  test('of this pipeline, one in a hundred bad, in full batches, is what the formulas say', () => {
    const use = pipelineUse({ badRate: 0.01, fill: 10 }, ours);
    // 100,000 batches and 10,000 bad orders, each received alone four times more, moved, and recorded.
    expect(use.lambdaRequests).toBe(150_000);
    expect(use.writeUnits).toBe(1_030_000);
    const failingBatches = 100_000 * (1 - 0.99 ** 10);
    expect(use.sqsRequests).toBeCloseTo(100_000 + 250_000 + (failingBatches + 40_000) + 20_000, 3);
  });

  test('of the demo leaves good orders unwritten that a bad one of their batch drags along', () => {
    const { writeUnits } = demoUse({ badRate: 0.1, fill: 10 }, demo);
    expect(writeUnits).toBeCloseTo(100_000 * [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].reduce((sum, k) => sum + 0.9 ** k, 0), 3);
    expect(writeUnits).toBeLessThan(600_000);
    expect(demoUse({ badRate: 0.1, fill: 1 }, demo).writeUnits).toBeCloseTo(900_000, 3);
  });

  test('counts a line of metrics for each invocation of this pipeline, as long as the functions write it', () => {
    const name = 'OrderPipeline-ProcessOrdersFunction1234ABCD-AbCdEfGhIjKl';
    const bytes = [
      { [metricNames.ordersProcessed]: 10 },
      { [metricNames.ordersProcessed]: 9, [metricNames.badOrders]: 1 },
      { [metricNames.failuresRecorded]: 1, [failureMetricNames.invalid]: 1 },
    ].map((counts) => metricsLine(counts, name, Date.UTC(2026, 10))!.length);
    for (const length of bytes) expect(Math.abs(length - assumptions.metricsBytesPerInvocation)).toBeLessThan(50);

    const { logGb, lambdaRequests } = pipelineUse({ badRate: 0.01, fill: 10 }, ours);
    const withoutMetrics =
      (1_050_000 * assumptions.logBytesPerOrder + 150_000 * assumptions.logBytesPerInvocation) / 1e9;
    expect(logGb - withoutMetrics).toBeCloseTo((lambdaRequests * assumptions.metricsBytesPerInvocation) / 1e9, 9);
  });

  test('of events is that of a request for each batch, and for each bad order', () => {
    const full = eventsUse({ badRate: 0.01, fill: 10 }, ours);
    expect(full.snsRequests).toBeCloseTo(100_000 + 10_000, 0);
    expect(full.gbSeconds).toBeCloseTo((110_000 * 0.015) / 2, 0);
    expect(costOfEvents(full)).toBeCloseTo(0.055 + 825 * 0.000_013_333_4, 3);
    expect(eventsUse({ badRate: 0.01, fill: 1 }, ours).snsRequests).toBeCloseTo(1_000_000, 0);
  });

  test('of mails is that of SES above all, and falls with fuller batches', () => {
    const [full, single] = [mailsUse(10, 512), mailsUse(1, 512)];
    expect(full).toMatchObject({ mails: 1e6, sqsRequests: 1_200_000, writeUnits: 2e6, readUnits: 1e6 });
    expect(single.sqsRequests).toBe(3_000_000);
    expect(1e6 * prices.sesMail).toBeCloseTo(160);
    expect(costOf(full) - 160).toBeLessThan(costOf(single) - 160);
    expect(costOf(single) - 160).toBeLessThan(6);
    expect(costOf({ ...full, mails: 0 })).toBeCloseTo(costOf(full) - 160);
  });

  test('adds up the prices', () => {
    const none = { sqsRequests: 0, lambdaRequests: 0, gbSeconds: 0, writeUnits: 0, readUnits: 0, logGb: 0 };
    expect(costOf({ ...none, sqsRequests: 1e6, lambdaRequests: 1e6, logGb: 2 })).toBeCloseTo(0.4 + 0.2 + 1);
    expect(costOf({ ...none, writeUnits: 2e6, gbSeconds: 1e6 })).toBeCloseTo(1.25 + 13.3334);
  });

  test('falls with fuller batches, and writes every good order once whatever their size', () => {
    fc.assert(
      fc.property(flow, ({ badRate, fill }) => {
        const use = pipelineUse({ badRate, fill }, ours);
        expect(costOf(use)).toBeLessThanOrEqual(costOf(pipelineUse({ badRate, fill: 1 }, ours)) + 1e-9);
        expect(use.writeUnits).toBeCloseTo(1e6 * (1 - badRate) + 4e6 * badRate, 3);
      }),
    );
  });
});
