import { spawnSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { projectRoot } from '../../tools/run/synthesize.ts';
import { ProjectCopy } from '../tools/run/serve/project-copy.ts';

/** Of the suites that send orders, read them or break them, those that take a second or two. */
const suites = [
  'test/shared/cause.test.ts',
  'test/shared/generated-files.test.ts',
  'test/shared/read-order.test.ts',
  'test/shared/example-order.test.ts',
  'test/lambdas/failed-orders/handler.test.ts',
  'test/lambdas/failed-orders/record-failure.test.ts',
  'test/lambdas/generate-orders/order-sequence.test.ts',
  'test/lambdas/process-orders/handler.test.ts',
  'test/lambdas/replay.test.ts',
  'test/tools/chaos/invariants.test.ts',
  'test/tools/chaos/mend-one.test.ts',
  'test/tools/orders/input/csv.test.ts',
  // Chaos may be left out (docs/slim.md).
].filter((suite) => existsSync(join(projectRoot, suite)));

const schemaFile = 'shared/order/order.schema.json';
const exampleFile = 'shared/order/example-order.ts';

let project: ProjectCopy;

function run(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: project.directory,
    encoding: 'utf8',
    env: { ...process.env, JEST_WORKER_ID: undefined },
  });
  return { status, stdout, stderr };
}

/** Three required properties, two of them with formats, in the two files that a person edits. */
beforeAll(() => {
  project = new ProjectCopy();
  for (const name of ['test', 'docs', 'jest.config.js', 'tsconfig.json']) {
    cpSync(join(projectRoot, name), join(project.directory, name), { recursive: true });
  }
  const schema = JSON.parse(project.read(schemaFile)) as { properties: object; required: readonly string[] };
  const properties = {
    ...schema.properties,
    copies: { type: 'integer', minimum: 1, maximum: 99 },
    contactEmail: { type: 'string', format: 'email', maxLength: 100 },
    deliverOn: { type: 'string', format: 'date' },
  };
  const required = [...schema.required, 'copies', 'contactEmail', 'deliverOn'];
  project.save(schemaFile, JSON.stringify({ ...schema, properties, required }, undefined, 2));
  // As after a merge conflict: what is generated needs nothing that is generated.
  project.save('shared/order/validate-order.generated.js', '<<<<<<< HEAD');
});

afterAll(() => project[Symbol.dispose]());

test('required properties are added in two files, and no test fails for it', () => {
  expect(run('bin/generate.ts')).toMatchObject({
    status: 0,
    stderr:
      'exampleOrder does not pass the schema: /copies is required, /contactEmail is required, /deliverOn is required. ' +
      'Change shared/order/example-order.ts.\n',
  });
  project.save(
    exampleFile,
    project
      .read(exampleFile)
      .replace(
        '  } satisfies Order',
        "    copies: 1 + (index % 99), contactEmail: `user${index}@example.com`, deliverOn: '2026-12-24',\n  } satisfies Order",
      ),
  );
  expect(run('bin/generate.ts')).toMatchObject({ status: 0, stderr: '' });
  expect(run('node_modules/typescript/bin/tsc', '--noEmit')).toMatchObject({ status: 0, stdout: '' });

  const jest = run(
    '--experimental-vm-modules',
    '--no-warnings',
    'node_modules/jest/bin/jest.js',
    '--runInBand',
    ...suites,
  );
  expect(jest.stderr).not.toMatch(/^FAIL/m);
  expect(jest.stderr).toMatch(/^Tests: +\d{3} passed, \d+ total$/m);
  expect(jest.status).toBe(0);

  const started = run('bin/start.ts', '--seed', '7');
  expect(started.stdout).toContain('sent 10 = processed 9 + failed 1');
  expect(started.status).toBe(0);
});
