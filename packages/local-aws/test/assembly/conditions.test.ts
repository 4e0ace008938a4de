import { describe, expect, test } from '@jest/globals';
import { readResources, refusalOf } from '../../src/testing/written-assembly.ts';

describe('a condition', () => {
  test('that is false removes resources and outputs', () => {
    const model = readResources(
      { Extra: { Type: 'AWS::SQS::Queue', Condition: 'Never' } },
      {
        Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
        Outputs: { Url: { Condition: 'Never', Value: { Ref: 'Extra' } } },
      },
    );
    expect(model.queues).toEqual([]);
    expect(model.stacks[0]).toMatchObject({ outputs: [], resources: [] });
  });

  test('may not depend on itself', () => {
    const sections = { Conditions: { A: { Condition: 'B' }, B: { 'Fn::Not': [{ Condition: 'A' }] } } };
    expect(refusalOf({ Q: { Type: 'AWS::SQS::Queue', Condition: 'A' } }, sections).code).toBe('CIRCULAR_DEPENDENCY');
  });
});
