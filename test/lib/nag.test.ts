import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks, type NagPack, ServerlessChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { reviewWithNag } from '../../lib/nag.ts';
import { createApp } from '../../lib/order-pipeline-app.ts';
import { newOutputFolder } from './synthesize.ts';

const appOf = (context: Readonly<Record<string, string>>): App =>
  createApp({ context: { 'aws:cdk:bundling-stacks': [], ...context }, outdir: newOutputFolder() }).app;

/** `rule at construct` of what the packs find. */
function findings(app: App, packs: readonly NagPack[]): string[] {
  return packs
    .flatMap((pack) => pack.validateScope(app).violations)
    .flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
    );
}

/** Packs that find what has been acknowledged, too. */
function strictPacks(): NagPack[] {
  return [new AwsSolutionsChecks(), new ServerlessChecks()].map((pack) =>
    Object.defineProperty(pack, 'isAcknowledged', { value: () => false }),
  );
}

/** `rule at construct`, with the reason, of each acknowledgement; those of the doctor have a test of their own. */
function acknowledgements(scope: IConstruct): (readonly [string, string])[] {
  return scope.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(data as Record<string, string>))
      .map(([id, reason]) => [id.replace(/^annotation::/i, ''), reason] as const)
      .filter(([id]) => !id.startsWith('queue-doctor:'))
      .map(([id, reason]) => [`${id} at ${node.path}`, reason] as const),
  );
}

const presets = [{ preset: 'production' }, { preset: 'lab' }];
const options = {
  customerManagedKey: 'true',
  tracing: 'true',
  alarmEmail: 'team@example.org',
  http: 'true',
  events: 'true',
  mail: 'true',
  mailFrom: 'orders@example.com',
  notifyEmail: 'team@example.org',
};
const variants = presets.flatMap((preset) => [preset, { ...preset, ...options }]);

describe('a review with the rules of AWS Solutions and of the Serverless lens', () => {
  test.each(variants)('finds nothing unexplained in %j', (context) => {
    expect(findings(appOf(context), [new AwsSolutionsChecks(), new ServerlessChecks()])).toEqual([]);
  });

  test.each(variants)('finds all that is acknowledged in %j, and each has a reason', (context) => {
    const app = appOf(context);
    const found = findings(app, strictPacks());
    const acknowledged = acknowledgements(app);
    for (const [acknowledgement, reason] of acknowledged) {
      expect(found).toContainEqual(expect.stringContaining(acknowledgement));
      expect(reason).toMatch(/^[A-Z].{30,}\.$/);
    }
    expect(acknowledged.length).toBeGreaterThan(0);
  });
});

/** Prints which of the rules' packages are loaded. */
const watchImports = `import { registerHooks } from 'node:module';
  registerHooks({ resolve(name, context, next) {
    if (name === 'cdk-nag') console.log('loads cdk-nag');
    return next(name, context);
  } });`;

/** The app as `cdk synth` starts it. Within jest the CDK's own validator would take twenty times as long. */
function synthesizeAlone(context: Readonly<Record<string, string>>, CDK_VALIDATION: 'true' | 'false') {
  const outdir = newOutputFolder();
  const ended = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(watchImports)}`, 'bin/app.ts'],
    {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      encoding: 'utf8',
      env: {
        ...process.env,
        CDK_VALIDATION,
        CDK_OUTDIR: outdir,
        CDK_CONTEXT_JSON: JSON.stringify({ ...context, 'aws:cdk:bundling-stacks': [] }),
      },
    },
  );
  return { ...ended, report: join(outdir, 'validation-report.json') };
}

describe('synthesis', () => {
  test('fails on a finding, and names it', () => {
    const app = new App({
      outdir: newOutputFolder(),
      postCliContext: { '@aws-cdk/core:validateAgainstDefaultRules': false },
    });
    void new Queue(new Stack(app, 'Plain'), 'Queue');
    reviewWithNag(app);
    expect(() => app.synth()).toThrow('The SQS queue does not require requests to use SSL. (AwsSolutions)');
  });

  test.each(presets)('of %j passes the rules and the validation of the CDK without a word', (context) => {
    const { status, stdout, stderr, report } = synthesizeAlone(context, 'true');
    expect([stdout.trim(), stderr, status]).toEqual(['loads cdk-nag', '', 0]);
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({ pluginReports: [] });
  });

  test('for a local run does not even load the rules', () => {
    const { stdout, stderr, status } = synthesizeAlone({}, 'false');
    expect([stdout, stderr, status]).toEqual(['', '', 0]);
  });
});
