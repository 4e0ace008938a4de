import { describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { presets } from '../../lib/configuration/configuration.ts';
import { deploymentOf } from '../../lib/configuration/deployment.ts';
import { stages } from '../../lib/configuration/stages.ts';
import { createApp } from '../../lib/order-pipeline-app.ts';
import { newOutputFolder, noOptions } from './synthesize.ts';

const place = { account: '111122223333', region: 'eu-central-1' };
const known = { test: { preset: 'production', ...place, settings: { maxReceiveCount: 7 } } } as const;

/** The stack of an app, as `-c` asks for it. */
const stackOf = (options: Readonly<Record<string, string>>) =>
  createApp({ context: { ...noOptions, 'aws:cdk:bundling-stacks': [], ...options }, outdir: newOutputFolder() }).stack;

/** All names that somebody gave, and not CloudFormation. */
function namesIn(options: Readonly<Record<string, string>>): readonly string[] {
  const { Resources } = Template.fromStack(stackOf(options)).toJSON() as {
    readonly Resources: Readonly<Record<string, { readonly Properties?: Readonly<Record<string, unknown>> }>>;
  };
  return (
    Object.values(Resources)
      .flatMap(({ Properties = {} }) => Object.entries(Properties))
      .filter(([property]) => /^(Queue|Table|Function|Topic|Role|LogGroup|Alarm|Dashboard|Alias)?Name$/.test(property))
      .map(([, name]) => JSON.stringify(name))
      // A reference to a resource whose name CloudFormation generates.
      .filter((name) => !name.startsWith('{"Ref":'))
  );
}

describe('a stage', () => {
  test('has a stack of its own, with its preset and its settings', () => {
    expect(deploymentOf({ stage: 'test' }, known)).toEqual({
      ...place,
      stackName: 'OrderPipeline-test',
      configuration: { ...presets.production, maxReceiveCount: 7 },
    });
  });

  test('shares no name with another stage or with the pipeline without a stage', () => {
    const deployments = [{}, ...Object.keys(stages).map((stage) => ({ stage }))];
    const names = deployments.flatMap(namesIn);
    expect(names.length).toBeGreaterThan(3 * deployments.length);
    expect(new Set(names).size).toBe(names.length);
  });

  test('gives way to a context key', () => {
    expect(stages['dev']!.settings?.retainData).toBe(false);
    expect(deploymentOf({ stage: 'dev', retainData: 'true' }).configuration.retainData).toBe(true);
  });

  test('keeps real data in prod, and none in dev and in the lab', () => {
    const kept = Object.keys(stages).filter((stage) => deploymentOf({ stage }).configuration.retainData);
    expect(kept).toEqual(['prod']);
  });

  test.each([
    [{ stage: 'prd' }, 'There is no stage "prd". Is prod meant? There are dev, prod, lab. Add a stage in lib/'],
    [{ stage: 'toString' }, 'There is no stage "toString". There are dev, prod, lab.'],
    [{ stage: 'dev', preset: 'lab' }, 'The stage dev: its preset is production (lib/configuration/stages.ts), and'],
  ])('is refused as %j, in words', (context, message) => {
    expect(() => deploymentOf(context)).toThrow(message);
  });

  test.each([
    [{ account: '12345' }, 'The stage test: its account is "12345": it takes 12 digits.'],
    [{ region: 'Frankfurt' }, 'The stage test: its region is "Frankfurt": it takes a name such as eu-central-1.'],
  ])('with %j is refused before AWS is asked', (wrong, message) => {
    expect(() => deploymentOf({ stage: 'test' }, { test: { preset: 'lab', ...wrong } })).toThrow(message);
  });

  test('whose name CloudFormation does not take is refused', () => {
    expect(() => deploymentOf({ stage: 'a_b' }, { a_b: { preset: 'lab' } })).toThrow(
      'The stage a_b: its name takes letters, digits and hyphens.',
    );
  });
});

describe('without a stage', () => {
  test('the default preset has the stack OrderPipeline', () => {
    for (const context of [{}, { preset: 'production' }]) expect(stackOf(context).stackName).toBe('OrderPipeline');
  });

  test('the lab has the stack of the stage lab, so that trying the lab converts no production stack', () => {
    expect(stackOf({ preset: 'lab' }).stackName).toBe('OrderPipeline-lab');
    expect(deploymentOf({ preset: 'lab' })).toEqual(deploymentOf({ stage: 'lab' }));
  });
});
