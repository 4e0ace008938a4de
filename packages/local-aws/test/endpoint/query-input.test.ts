import { describe, expect, test } from '@jest/globals';
import { queryInput, xmlMembers } from '../../src/endpoint/query.ts';

const parse = (text: string) => queryInput(new URLSearchParams(text), undefined);

describe('Query input without a shape', () => {
  test('is read by its names: members make lists, dots make structures', () => {
    expect(
      parse(
        'Action=X&Version=1&StackName=s&Capabilities.member.1=A&Capabilities.member.2=B&P.member.1.Key=k&Deep.Er=1',
      ),
    ).toEqual({ StackName: 's', Capabilities: ['A', 'B'], P: [{ Key: 'k' }], Deep: { Er: '1' } });
  });

  test('keeps more than nine members in order', () => {
    const text = Array.from({ length: 12 }, (_, index) => `L.member.${index + 1}=${index + 1}`).join('&');
    expect(parse(text)).toEqual({ L: Array.from({ length: 12 }, (_, index) => String(index + 1)) });
  });

  test('survives names made to confuse', () => {
    expect(parse('__proto__.polluted=1&A=1&A.B=2&.=3&C.member.x=1')).toBeDefined();
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });
});

describe('Query input with a shape', () => {
  const shape = {
    members: {
      Names: { list: 'string', queryName: 'Name' },
      Tags: { map: 'string', queryName: 'Tag', entry: ['Key', 'Value'] },
      Plain: { list: 'integer' },
      Flag: 'boolean',
    },
  } as const;

  test('reads flattened lists and maps by their Query names and converts scalars', () => {
    const parameters = new URLSearchParams(
      'Name.2=b&Name.1=a&Tag.1.Key=k&Tag.1.Value=v&Plain.member.1=7&Flag=true&Unknown=1',
    );
    expect(queryInput(parameters, shape)).toEqual({ Names: ['a', 'b'], Tags: { k: 'v' }, Plain: [7], Flag: true });
  });

  test('refuses text where a number belongs', () => {
    expect(() => queryInput(new URLSearchParams('Plain.member.1=x'), shape)).toThrow('is not an integer');
  });
});

describe('Query output', () => {
  test('wraps lists in <member> unless the shape flattens them, and escapes text', () => {
    expect(xmlMembers({ Stacks: [{ Name: '<a>' }], None: undefined, Count: 2 }, undefined)).toBe(
      '<Stacks><member><Name>&lt;a&gt;</Name></member></Stacks><Count>2</Count>',
    );
    expect(xmlMembers({ Urls: ['u'] }, { members: { Urls: { list: 'string', queryName: 'Url' } } })).toBe(
      '<Url>u</Url>',
    );
  });

  test('writes dates as ISO 8601', () => {
    expect(xmlMembers({ At: new Date(0) }, undefined)).toBe('<At>1970-01-01T00:00:00.000Z</At>');
  });
});
