import { describe, expect, test } from '@jest/globals';
import { parseReport } from '../../../../tools/orders/aws/measured-run.ts';

const json = (record: object) => JSON.stringify({ time: '2026-11-20T12:00:00Z', type: 'platform.report', record });
const metrics = { durationMs: 812.5, billedDurationMs: 813, memorySizeMB: 256, maxMemoryUsedMB: 91 };
const text = (fields: string) =>
  `REPORT RequestId: 8f3e\tDuration: 812.50 ms\tBilled Duration: 813 ms\tMemory Size: 256 MB\tMax Memory Used: 91 MB\t${fields}`;
const sound = { durationMs: 812.5, memoryUsedMb: 91, timedOut: false, outOfMemory: false };

describe('what Lambda logs of an invocation', () => {
  test('is read in both log formats', () => {
    expect(parseReport(json({ status: 'success', metrics }), 'JSON')).toEqual(sound);
    expect(parseReport(text('Init Duration: 99.00 ms\t'), 'Text')).toEqual(sound);
  });

  test('says when the function ran into its timeout', () => {
    expect(parseReport(json({ status: 'timeout', metrics }), 'JSON')).toEqual({ ...sound, timedOut: true });
    expect(parseReport(text('Status: timeout\t'), 'Text')).toEqual({ ...sound, timedOut: true });
  });

  test('says when the function ran out of memory, also where it only ended at its limit', () => {
    const outOfMemory = { ...sound, outOfMemory: true };
    const errorType = 'Runtime.OutOfMemory';
    expect(parseReport(json({ status: 'error', errorType, metrics }), 'JSON')).toEqual(outOfMemory);
    expect(parseReport(text(`Status: error\tError Type: ${errorType}`), 'Text')).toEqual(outOfMemory);
    const full = { ...metrics, maxMemoryUsedMB: 256 };
    expect(parseReport(json({ status: 'error', metrics: full }), 'JSON')).toMatchObject({ outOfMemory: true });
    expect(parseReport(json({ status: 'success', metrics: full }), 'JSON')).toMatchObject({ outOfMemory: false });
  });

  test.each(['no JSON', 'null', '{"type":"platform.start"}', '{"type":"platform.report"}', json({ metrics: {} })])(
    'is not in %s',
    (line) => {
      expect(parseReport(line, 'JSON')).toBeUndefined();
      expect(parseReport(line, 'Text')).toBeUndefined();
    },
  );
});
