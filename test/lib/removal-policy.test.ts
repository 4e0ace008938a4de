import { describe, expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { synthesize } from './synthesize.ts';

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties: { readonly DeletionProtectionEnabled?: boolean };
}

const resourcesOf = (template: Template): Resource[] =>
  Object.values(template.toJSON()['Resources'] as Record<string, Resource>);

/** `type: how many`, of what stays in the account when the stack goes. */
function keptOf(template: Template): Readonly<Record<string, number>> {
  const kept = resourcesOf(template).filter(({ DeletionPolicy }) => DeletionPolicy?.startsWith('Retain'));
  const types = Object.groupBy(kept, ({ Type }) => Type);
  return Object.fromEntries(Object.entries(types).map(([type, of]) => [type, of?.length ?? 0]));
}

const tableOf = (template: Template) => resourcesOf(template).find(({ Type }) => Type === 'AWS::DynamoDB::Table');

const data = { 'AWS::DynamoDB::Table': 1, 'AWS::SQS::Queue': 3, 'AWS::Logs::LogGroup': 3 };

describe('cdk destroy', () => {
  test('leaves all data of production, and the table cannot be deleted by mistake', () => {
    const production = synthesize();
    expect(keptOf(production)).toEqual(data);
    expect(tableOf(production)).toMatchObject({ Properties: { DeletionProtectionEnabled: true } });
  });

  test('of production leaves nothing if asked to, nor does it of the lab', () => {
    for (const template of [synthesize('production', { retainData: 'false' }), synthesize('lab')]) {
      expect(keptOf(template)).toEqual({});
      expect(tableOf(template)).toMatchObject({ Properties: { DeletionProtectionEnabled: false } });
    }
  });

  test('of the lab leaves all data if asked to', () => {
    expect(keptOf(synthesize('lab', { retainData: 'true' }))).toEqual(data);
  });
});

test('what is retained goes with a first deployment that fails, unless that cannot delete it, and stays when it is replaced', () => {
  for (const { DeletionPolicy, UpdateReplacePolicy, Properties } of resourcesOf(synthesize())) {
    if (DeletionPolicy?.startsWith('Retain') !== true) continue;
    const deletion = Properties.DeletionProtectionEnabled === true ? 'Retain' : 'RetainExceptOnCreate';
    expect([DeletionPolicy, UpdateReplacePolicy]).toEqual([deletion, 'Retain']);
  }
});
