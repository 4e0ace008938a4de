import { expect, test } from '@jest/globals';
import { createContext } from '../../../tools/orders/context.ts';
import { orders, ordersIo } from './collected-io.ts';

/** Where a command would look, in words. */
const where = (options: Parameters<typeof createContext>[1], region?: string): string => {
  using context = createContext(ordersIo({ env: {} }).io, options, region);
  return context.where;
};

test('--stage leads to the stack of the stage, in the region of the stage', () => {
  expect(where({})).toBe('stack OrderPipeline on AWS');
  expect(where({ stage: 'dev' }, 'eu-central-1')).toBe('stack OrderPipeline-dev on AWS in eu-central-1');
  expect(where({ stage: 'dev', region: 'us-west-2' }, 'eu-central-1')).toBe(
    'stack OrderPipeline-dev on AWS in us-west-2',
  );
});

test('a stage that there is not is refused with those that there are', async () => {
  const { exitCode, stderr } = await orders(['status', '--stage', 'pord']);
  expect(stderr).toContain("argument 'pord' is invalid. Allowed choices are dev, prod, lab.");
  expect(exitCode).toBe(2);
});

test('a stack and a stage together are refused: each names a pipeline', async () => {
  const { exitCode, stderr } = await orders(['status', '--stage', 'dev', '--stack', 'Mine']);
  expect(stderr).toContain("option '--stack <name>' cannot be used with option '--stage <name>'");
  expect(exitCode).toBe(2);
});
