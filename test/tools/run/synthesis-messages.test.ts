import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { TemporaryFolder } from 'local-aws';
import type { Outcome } from '../../../tools/run/start/outcome.ts';
import { ProjectCopy } from './serve/project-copy.ts';
import { serveLocally } from './serve/served.ts';

const project = new ProjectCopy();
const folder = new TemporaryFolder('synthesis-messages-');
const former = project.read('lib/configuration/configuration.ts');

afterAll(() => {
  project[Symbol.dispose]();
  folder[Symbol.dispose]();
});

/** Saves a configuration in which one setting of the production preset is another one. */
function configure(setting: RegExp, changed: string): void {
  const text = former.replace(setting, changed);
  if (text === former) throw new Error(`No ${String(setting)} in lib/configuration/configuration.ts.`);
  project.save('lib/configuration/configuration.ts', text);
}

function run(script: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: project.directory,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, stdout, stderr };
}

/** Runs the app as the CDK CLI does. */
const runApp = (context: Readonly<Record<string, unknown>> = {}) =>
  run('bin/app.ts', [], {
    CDK_OUTDIR: join(folder.path, 'cdk.out'),
    CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:bundling-stacks': [], ...context }),
  });

const badOrders = /badOrders: \{ retentionSeconds: [^}]+\}/;
const retentionError = expect.stringMatching(/^ *\[OrderPipeline\] .*\(docs\/doctor\.md#[\w-]+\)$/);

test('what the doctor objects to is its sentence and exit code 1, by the app and by npm start', () => {
  configure(badOrders, 'badOrders: { retentionSeconds: 1 * daySeconds }');
  const app = runApp();
  expect(app.stderr.trimEnd().split('\n')).toEqual(['Validation failed with the following errors:', retentionError]);
  expect(app.status).toBe(1);
  const started = run('bin/start.ts', ['--json']);
  expect(started.stderr.split('\n').filter((line) => !line.includes('synthesizing the stack'))).toEqual([
    'The CDK app failed:',
    'Validation failed with the following errors:',
    retentionError,
    '',
  ]);
  expect(started).toMatchObject({ status: 1, stdout: '' });
});

test('a schema that was changed after its validator is one sentence; a new layout is no change', () => {
  project.save('lib/configuration/configuration.ts', former);
  const path = 'shared/order/order.schema.json';
  const schema = JSON.parse(project.read(path)) as object;
  project.save(path, JSON.stringify(schema));
  expect(runApp()).toMatchObject({ status: 0, stderr: '' });
  for (const changed of [JSON.stringify({ ...schema, minProperties: 9 }), '{']) {
    project.save(path, changed);
    const { status, stderr } = runApp();
    expect(stderr).toBe(`${path} was changed, and its validator was not: run "npm run generate".\n`);
    expect(status).toBe(1);
  }
  project.save(path, JSON.stringify(schema));
});

test('a construct that the CDK refuses is its sentence, with the construct and the line that made it', () => {
  project.save('lib/configuration/configuration.ts', former);
  const path = 'lib/order-pipeline-app.ts';
  const source = project.read(path);
  const broken = source.replace(
    '  return { app',
    "  new Queue(stack, 'Odd', { retentionPeriod: Duration.days(30) });\n$&",
  );
  project.save(
    path,
    `import { Duration } from 'aws-cdk-lib';\nimport { Queue } from 'aws-cdk-lib/aws-sqs';\n${broken}`,
  );
  const app = runApp();
  project.save(path, source);
  expect(app.stderr).toContain('retention period must be between 60 and 1,209,600 seconds, but 2592000 was provided');
  expect(app.stderr).toMatch(
    /\n {2}in the construct OrderPipeline\/Odd\n {2}made in lib\/order-pipeline-app\.ts:\d+:\d+\n/,
  );
  expect(app.stderr).not.toContain('node_modules');
  expect(app.status).toBe(1);
});

test('a misspelt context key ends the synthesis with the one that is meant', () => {
  project.save('lib/configuration/configuration.ts', former);
  const { status, stderr } = runApp({ alarmMail: 'ada@example.com' });
  expect(stderr.trimEnd().split('\n')).toEqual([
    'The configuration cannot be deployed:',
    expect.stringMatching(/^- There is no context key alarmMail\. Is alarmEmail meant\? /),
  ]);
  expect(status).toBe(1);
});

test('a defect keeps its stack', () => {
  project.save(
    'lib/configuration/configuration.ts',
    former.replace('const daySeconds', "throw new TypeError('a defect');\nconst daySeconds"),
  );
  const { status, stderr } = runApp();
  expect(stderr).toMatch(/TypeError: a defect\n +at .*lib\/configuration\/configuration\.ts/);
  expect(status).toBe(1);
});

test('a warning is a line on stderr of npm start, whose --json stays one document', () => {
  configure(/\n {2}maxReceiveCount: 5,/, '\n  maxReceiveCount: 2,');
  const { status, stdout, stderr } = run('bin/start.ts', ['--json', '--count', '2']);
  expect((JSON.parse(stdout) as Outcome).sent).toBe(2);
  expect(stderr.match(/^Warning at .*few-receives/gm)).toHaveLength(1);
  expect(status).toBe(0);
});

test('a warning comes with the reload after which it is one, once', async () => {
  project.save('lib/configuration/configuration.ts', former);
  await using served = await serveLocally([], project.directory);
  expect(served.command.output).not.toContain('Warning');
  configure(/\n {2}maxReceiveCount: 5,/, '\n  maxReceiveCount: 2,');
  await served.command.until(/^Reloaded in/m);
  expect(served.command.output.match(/^Warning at .*few-receives/gm)).toHaveLength(1);
});
