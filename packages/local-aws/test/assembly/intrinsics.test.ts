import { describe, expect, test } from '@jest/globals';
import { readResources, readStacks, refusalOf } from '../../src/testing/written-assembly.ts';

/** What a value resolves to, seen in an output of a stack with a queue named `orders`. */
function resolved(value: unknown, sections: object = {}): string | undefined {
  const resources = { Orders: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'orders' } } };
  return readResources(resources, { Outputs: { It: { Value: value } }, ...sections }).stacks[0]?.outputs[0]?.value;
}

function refused(value: unknown, sections: object = {}): string {
  const resources = { Orders: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'orders' } } };
  return refusalOf(resources, { Outputs: { It: { Value: value } }, ...sections }).code;
}

const url = 'http://127.0.0.1:4566/000000000000/orders';
const arn = 'arn:aws:sqs:us-east-1:000000000000:orders';

describe('an intrinsic function', () => {
  test.each([
    ['Ref of a queue is its URL', { Ref: 'Orders' }, url],
    ['GetAtt takes a list', { 'Fn::GetAtt': ['Orders', 'Arn'] }, arn],
    ['GetAtt takes dotted text', { 'Fn::GetAtt': 'Orders.QueueName' }, 'orders'],
    ['Join', { 'Fn::Join': [':', ['a', { Ref: 'AWS::Region' }]] }, 'a:us-east-1'],
    ['Join leaves out AWS::NoValue', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::NoValue' }, 'b']] }, 'a-b'],
    ['Sub reads names and attributes', { 'Fn::Sub': '${Orders.Arn} ${Orders}' }, `${arn} ${url}`],
    ['Sub leaves ${!Literal} alone', { 'Fn::Sub': '${!Orders} ${AWS::AccountId}' }, '${Orders} 000000000000'],
    [
      'Sub prefers its own map',
      { 'Fn::Sub': ['${Orders}/${X}', { Orders: 'mine', X: { Ref: 'AWS::Region' } }] },
      'mine/us-east-1',
    ],
    [
      'Select and Split',
      { 'Fn::Select': ['5', { 'Fn::Split': [':', { 'Fn::GetAtt': ['Orders', 'Arn'] }] }] },
      'orders',
    ],
    ['Base64', { 'Fn::Base64': 'héllo' }, Buffer.from('héllo').toString('base64')],
    ['GetAZs of the own region', { 'Fn::Select': [1, { 'Fn::GetAZs': '' }] }, 'us-east-1b'],
    ['Partition', { Ref: 'AWS::Partition' }, 'aws'],
    ['URLSuffix', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
    ['StackName', { Ref: 'AWS::StackName' }, 'Shop'],
  ])('%s', (_, value, expected) => {
    expect(resolved(value)).toBe(expected);
  });

  test('FindInMap looks up the section Mappings', () => {
    const sections = { Mappings: { Sizes: { 'us-east-1': { batch: '25' } } } };
    expect(resolved({ 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'batch'] }, sections)).toBe('25');
    expect(refused({ 'Fn::FindInMap': ['Sizes', 'eu-west-1', 'batch'] }, sections)).toBe('REFERENCE_MISSING');
  });

  test('If follows the condition, and the other branch may refer to what does not exist', () => {
    const sections = {
      Conditions: {
        IsHome: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] },
        IsAway: { 'Fn::Not': [{ Condition: 'IsHome' }] },
        Both: { 'Fn::And': [{ Condition: 'IsHome' }, { Condition: 'IsAway' }] },
        Either: { 'Fn::Or': [{ Condition: 'IsHome' }, { Condition: 'IsAway' }] },
      },
    };
    expect(resolved({ 'Fn::If': ['IsHome', 'home', { Ref: 'Nothing' }] }, sections)).toBe('home');
    expect(resolved({ 'Fn::If': ['IsAway', 'away', 'home'] }, sections)).toBe('home');
    expect(resolved({ 'Fn::If': ['Both', 'both', 'not both'] }, sections)).toBe('not both');
    expect(resolved({ 'Fn::If': ['Either', 'either', 'neither'] }, sections)).toBe('either');
  });

  test.each([
    ['one that only CloudFormation has', { 'Fn::Cidr': ['10.0.0.0/16', 1, 8] }, 'INTRINSIC_UNSUPPORTED'],
    ['arguments of the wrong kind', { 'Fn::Join': 'abc' }, 'INTRINSIC_MALFORMED'],
    ['an index beyond the list', { 'Fn::Select': [3, ['a']] }, 'INTRINSIC_MALFORMED'],
    ['a resource that does not exist', { Ref: 'Nothing' }, 'REFUSED_BY_AWS'],
    ['an attribute the type does not have', { 'Fn::GetAtt': ['Orders', 'Colour'] }, 'ATTRIBUTE_UNKNOWN'],
    ['a condition that does not exist', { 'Fn::If': ['Nothing', 1, 2] }, 'REFERENCE_MISSING'],
    ['an export that does not exist', { 'Fn::ImportValue': 'nowhere' }, 'REFUSED_BY_AWS'],
    ['a dynamic reference', '{{resolve:ssm:/shop/key}}', 'DYNAMIC_REFERENCE'],
    ['a dynamic reference put together', { 'Fn::Join': ['', ['{{resolve:', 'ssm:/x}}']] }, 'DYNAMIC_REFERENCE'],
  ])('is refused with %s', (_, value, code) => {
    expect(refused(value)).toBe(code);
  });

  test('ImportValue reads what an earlier stack exports', () => {
    const exporting = {
      Outputs: { Name: { Value: 'orders', Export: { Name: { 'Fn::Sub': '${AWS::StackName}:name' } } } },
    };
    const importing = { Outputs: { Copy: { Value: { 'Fn::ImportValue': 'First:name' } } } };
    const model = readStacks({
      Second: { template: importing, dependencies: ['First'] },
      First: { template: exporting },
    });
    expect(model.stacks.map(({ name }) => name)).toEqual(['First', 'Second']);
    expect(model.stacks[1]?.outputs[0]?.value).toBe('orders');
  });

  test('GetStackOutput reads an output of an earlier stack in the same region', () => {
    const exporting = { Outputs: { Name: { Value: 'orders' } } };
    const read = (rest: object) => {
      const value = { 'Fn::GetStackOutput': { StackName: 'First', OutputName: 'Name', ...rest } };
      const importing = { Outputs: { Copy: { Value: value } } };
      return readStacks({ First: { template: exporting }, Second: { template: importing } }).stacks[1]?.outputs[0]
        ?.value;
    };
    expect(read({})).toBe('orders');
    expect(read({ Region: { Ref: 'AWS::Region' } })).toBe('orders');
    expect(() => read({ Region: 'eu-west-1' })).toThrow(expect.objectContaining({ code: 'SEVERAL_ENVIRONMENTS' }));
    expect(() => read({ OutputName: 'Other' })).toThrow(expect.objectContaining({ code: 'REFERENCE_MISSING' }));
  });
});
