import { expect, test } from '@jest/globals';
import { start } from './npm-start.ts';

// A file of its own: half a minute goes by in windows and visibility timeouts, while other files run.
test('the lab preset drags good orders into bad-orders beside UserX, processes none twice, and says why', async () => {
  const { exitCode, stdout } = await start('--preset', 'lab');
  const [, processed, failed] = /sent 10 = processed (\d+) \+ failed (\d+)/.exec(stdout) ?? [];
  expect(Number(processed) + Number(failed)).toBe(10);
  expect(stdout).toMatch(new RegExp(`In the orders table: ${processed} processed orders?, ${failed} failures?\\.`));
  expect(stdout).toContain('UserX: /customerAddress is required');
  const dragged = Number(/Why did (\d+) good orders? end in bad-orders\?/.exec(stdout)?.[1]);
  const alreadyProcessed = stdout.match(/ Already Processed /g)?.length ?? 0;
  expect(dragged).toBe(Number(failed) - 1 + alreadyProcessed);
  expect(dragged).toBeGreaterThan(0);
  expect(stdout.includes('had been processed before the batch threw')).toBe(alreadyProcessed > 0);
  expect(stdout.match(/^ {2}process-orders .*batch/gm)?.length).toBeGreaterThan(1);
  expect(exitCode).toBe(0);
});
