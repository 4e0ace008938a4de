import { createRequire } from 'node:module';
import { relative, sep } from 'node:path';

const requireOfNode = createRequire(import.meta.url);
/** Its types are those of the CommonJS module. */
const { default: Sequencer } = requireOfNode('@jest/test-sequencer') as typeof import('@jest/test-sequencer');
type Tests = Parameters<InstanceType<typeof Sequencer>['sort']>[0];

/** Files that take more than ten seconds alone, the longest first. */
const longest = [
  'test/acceptance/adopt.test.ts',
  'test/tools/run/npm-start-lab.test.ts',
  'test/tools/chaos/chaos.test.ts',
  'test/acceptance/nothing-is-lost.test.ts',
  'test/tools/run/serve/watch.test.ts',
  'test/acceptance/new-properties.test.ts',
  'test/tools/run/npm-start.test.ts',
  'test/tools/orders/story.test.ts',
  'test/lambdas/bodies/hostile-pipeline.test.ts',
  'test/tools/run/synthesis-messages.test.ts',
  'test/tools/orders/aws/endpoint.test.ts',
  'test/tools/orders/many-rows.test.ts',
  'test/tools/orders/stuck.test.ts',
  'test/tools/orders/aws/local-runtime.test.ts',
  'test/tools/orders/doctor.test.ts',
  'test/docs/add-a-function.test.ts',
  'test/tools/run/shutdown.test.ts',
  'test/tools/orders/smoke.test.ts',
  'test/docs/your-app.test.ts',
  'test/lib/nag.test.ts',
  'test/tools/run/pipeline-template.test.ts',
  'test/docs/slim.test.ts',
];

/**
 * Starts the longest test files first. jest knows how long a file took the last time. In a fresh clone it goes by the
 * size of the file, and starts a short file that waits for half a minute as the last one, alone.
 */
export default class LongestFirst extends Sequencer {
  override async sort(tests: Tests): Promise<Tests> {
    const place = ({ path, context }: Tests[number]) => {
      const found = longest.indexOf(relative(context.config.rootDir, path).replaceAll(sep, '/'));
      return found < 0 ? longest.length : found;
    };
    // oxlint-disable-next-line unicorn/no-array-sort -- It is jest's method, and answers a list.
    const sorted = await super.sort(tests);
    return sorted.toSorted((a, b) => place(a) - place(b));
  }
}
