import { describe, expect, test } from '@jest/globals';
import { publishMetricsTo } from '../../../lambdas/common/metrics.ts';

function publisher(functionName: string | undefined) {
  const written: string[] = [];
  const publish = publishMetricsTo({ functionName, now: () => 1_767_225_600_000, write: (line) => written.push(line) });
  return { publish, written };
}

describe('a function’s metrics', () => {
  test('are one line for an invocation, and the first says that it waited for a cold start', () => {
    const { publish, written } = publisher('process');
    publish({ OrdersProcessed: 1 });
    publish({ OrdersProcessed: 2 });
    expect(written.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { OrdersProcessed: 1, ColdStarts: 1 },
      { OrdersProcessed: 2 },
    ]);
    expect(written[1]).not.toContain('ColdStarts');
    expect(written.every((line) => /^\{[^\n]*\}\n$/.test(line))).toBe(true);
  });

  test('are no line for an invocation that counted nothing', () => {
    const { publish, written } = publisher('process');
    publish({});
    publish({});
    expect(written).toHaveLength(1);
  });

  test('are not written outside Lambda, where nobody reads them', () => {
    const { publish, written } = publisher(undefined);
    publish({ OrdersProcessed: 1 });
    expect(written).toEqual([]);
  });
});
