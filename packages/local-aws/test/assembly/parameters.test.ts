import { describe, expect, test } from '@jest/globals';
import { readResources, refusalOf } from '../../src/testing/written-assembly.ts';

const declared = (parameter: object): object => ({
  Parameters: { Size: parameter },
  Outputs: { It: { Value: { 'Fn::Join': ['+', { 'Fn::Split': [',', { Ref: 'Size' }] }] } } },
});

describe('a parameter', () => {
  test('has its default', () => {
    expect(readResources({}, declared({ Type: 'String', Default: '1,2' })).stacks[0]?.outputs[0]?.value).toBe('1+2');
  });

  test('of a list type is a list', () => {
    const sections = {
      Parameters: { Names: { Type: 'CommaDelimitedList', Default: 'a, b' } },
      Outputs: { It: { Value: { 'Fn::Join': ['+', { Ref: 'Names' }] } } },
    };
    expect(readResources({}, sections).stacks[0]?.outputs[0]?.value).toBe('a+b');
  });

  test('without a default, or with its value in Systems Manager, is refused', () => {
    expect(refusalOf({}, declared({ Type: 'String' })).code).toBe('PARAMETER_WITHOUT_VALUE');
    const stored = declared({ Type: 'AWS::SSM::Parameter::Value<String>', Default: '/shop/size' });
    expect(refusalOf({}, stored)).toMatchObject({ code: 'PARAMETER_WITHOUT_VALUE', place: { logicalId: 'Size' } });
  });
});
