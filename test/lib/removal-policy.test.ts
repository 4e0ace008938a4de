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

/** Names in the template of what stays in the account when the stack goes. */
function keptOf(template: Template): readonly string[] {
  return idsOf(template, ({ DeletionPolicy }) => DeletionPolicy?.startsWith('Retain') === true);
}

/** Of all that holds data. */
function dataOf(template: Template): readonly string[] {
  const ids = idsOf(template, ({ Type }) => dataTypes.has(Type));
  expect(ids.length).toBeGreaterThanOrEqual(7);
  return ids;
}

function idsOf(template: Template, isMeant: (resource: Resource) => boolean): readonly string[] {
  const resources = template.toJSON()['Resources'] as Record<string, Resource>;
  return Object.entries(resources).flatMap(([id, resource]) => (isMeant(resource) ? [id] : []));
}

const tableOf = (template: Template) => resourcesOf(template).find(({ Type }) => Type === 'AWS::DynamoDB::Table');

const dataTypes = new Set(['AWS::DynamoDB::Table', 'AWS::SQS::Queue', 'AWS::Logs::LogGroup']);

describe('cdk destroy', () => {
  test('leaves all data of production, and the table cannot be deleted by mistake', () => {
    const production = synthesize();
    expect(keptOf(production)).toEqual(dataOf(production));
    expect(tableOf(production)).toMatchObject({ Properties: { DeletionProtectionEnabled: true } });
  });

  test('of production leaves nothing if asked to, nor does it of the lab', () => {
    for (const template of [synthesize('production', { retainData: 'false' }), synthesize('lab')]) {
      expect(keptOf(template)).toEqual([]);
      expect(tableOf(template)).toMatchObject({ Properties: { DeletionProtectionEnabled: false } });
    }
  });

  test('of the lab leaves all data if asked to', () => {
    const lab = synthesize('lab', { retainData: 'true' });
    expect(keptOf(lab)).toEqual(dataOf(lab));
  });
});

test('what is retained goes with a first deployment that fails, unless that cannot delete it, and stays when it is replaced', () => {
  for (const { DeletionPolicy, UpdateReplacePolicy, Properties } of resourcesOf(synthesize())) {
    if (DeletionPolicy?.startsWith('Retain') !== true) continue;
    const deletion = Properties.DeletionProtectionEnabled === true ? 'Retain' : 'RetainExceptOnCreate';
    expect([DeletionPolicy, UpdateReplacePolicy]).toEqual([deletion, 'Retain']);
  }
});
