import { describe, expect, test } from '@jest/globals';
import { readResources, refusalOf } from '../../src/testing/written-assembly.ts';

const redrivingTo = (other: string) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [other, 'Arn'] }, maxReceiveCount: 1 } },
});

describe('a template', () => {
  test('with resources that refer to each other in a circle is refused as CloudFormation does', () => {
    const error = refusalOf({ A: redrivingTo('B'), B: redrivingTo('A') });
    expect(error.message).toContain('Circular dependency between resources: [A, B]');
  });

  test('with a transform, a macro or a rule is refused', () => {
    expect(refusalOf({}, { Transform: 'AWS::Serverless-2016-10-31' }).code).toBe('TEMPLATE_UNSUPPORTED');
    expect(refusalOf({}, { Rules: { Mine: { Assertions: [] } } }).code).toBe('TEMPLATE_UNSUPPORTED');
  });

  test('lists resources in the order they would be created', () => {
    const model = readResources({
      Url: { Type: 'AWS::SNS::Topic', DependsOn: 'Orders' },
      Orders: { Type: 'AWS::SQS::Queue' },
    });
    expect(model.stacks[0]?.resources.map(({ logicalId }) => logicalId)).toEqual(['Orders', 'Url']);
  });
});
