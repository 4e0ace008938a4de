import { describe, expect, test } from '@jest/globals';
import { consumer, functionWith, readResources, readStacks, refusalOf } from '../../src/testing/written-assembly.ts';

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

/** What the output `It` of the stack Shop says, given what a person gives. */
function outputOf(template: object, options: Parameters<typeof readStacks>[1]): string | undefined {
  const { stacks } = readStacks({ Shop: { template: { Resources: {}, ...template } } }, options);
  return stacks[0]?.outputs[0]?.value;
}

const stored = declared({ Type: 'AWS::SSM::Parameter::Value<String>', Default: '/shop/size' });
const dynamic = (reference: string) => ({ Outputs: { It: { Value: `<{{resolve:${reference}}}>` } } });

describe('a value that an account would have is the given one', () => {
  test.each([
    ['of a parameter', declared({ Type: 'String' }), { Size: '3' }, '3'],
    ['of a parameter with a default', declared({ Type: 'String', Default: '1' }), { Size: '3' }, '3'],
    ['of a parameter of one stack', declared({ Type: 'String' }), { 'Shop:Size': '3' }, '3'],
    ['of Systems Manager', stored, { '/shop/size': '3' }, '3'],
    ['of Systems Manager under another name', stored, { Size: '/size', '/size': '3' }, '3'],
    ['of a dynamic reference', dynamic('ssm:/shop/size'), { '/shop/size': '3' }, '<3>'],
    ['of a version of a secure string', dynamic('ssm-secure:/shop/size:2'), { '/shop/size': '3' }, '<3>'],
    ['of a secret', dynamic('secretsmanager:db:SecretString'), { 'secretsmanager:db:SecretString': '3' }, '<3>'],
  ])('%s', (_what, template, parameters, value) => {
    expect(outputOf(template, { parameters })).toBe(value);
  });

  test('of a list in Systems Manager, as a list', () => {
    const Size = { Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: '/sizes' };
    const Outputs = { It: { Value: { 'Fn::Select': [1, { Ref: 'Size' }] } } };
    expect(outputOf({ Parameters: { Size }, Outputs }, { parameters: { '/sizes': '3, 4' } })).toBe('4');
  });

  test('of an export of a stack that is not in the app', () => {
    const Outputs = { It: { Value: { 'Fn::ImportValue': 'base:vpc' } } };
    expect(outputOf({ Outputs }, { exports: { 'base:vpc': 'vpc-1' } })).toBe('vpc-1');
    expect(refusalOf({}, { Outputs }).remedy).toContain('--export base:vpc=VALUE');
  });

  test('and a name that no stack asks for is refused', () => {
    expect(() => outputOf(stored, { parameters: { '/shop/size': '3', Sise: '4' } })).toThrow(
      expect.objectContaining({ code: 'VALUE_NOT_ASKED', message: expect.stringContaining('Sise') as unknown }),
    );
  });
});

test('the remedy of a missing value names the option with the name to use', () => {
  expect(refusalOf({}, declared({ Type: 'String' })).remedy).toContain('--parameter Size=VALUE');
  expect(refusalOf({}, stored).remedy).toContain('--parameter /shop/size=VALUE');
  const Consumer = functionWith({ Environment: { Variables: { SIZE: '{{resolve:ssm:/shop/size:1}}' } } });
  expect(refusalOf({ ...consumer, Consumer }).remedy).toContain("--parameter '/shop/size=VALUE'");
});

test('a parameter of Systems Manager that an earlier stack makes has its value, and one of the same stack has none', () => {
  const Resources = {
    Size: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/shop/size', Value: '7', Type: 'String' } },
  };
  const shop = { template: { Resources: {}, ...stored }, dependencies: ['Base'] };
  expect(readStacks({ Base: { template: { Resources } }, Shop: shop }).stacks[1]?.outputs[0]?.value).toBe('7');
  expect(refusalOf(Resources, stored).code).toBe('PARAMETER_WITHOUT_VALUE');
});

test('a parameter that is the name of a parameter of Systems Manager is that name', () => {
  expect(outputOf(declared({ Type: 'AWS::SSM::Parameter::Name', Default: '/shop/size' }), {})).toBe('/shop/size');
});
