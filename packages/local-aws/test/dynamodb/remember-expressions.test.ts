import { describe, expect, test } from '@jest/globals';
import conditionParser from 'dynalite/db/conditionParser.js';
import database from 'dynalite/db/index.js';
import updateParser, { type Parse, type ParserContext } from 'dynalite/db/updateParser.js';
import fc from 'fast-check';
import { remembering } from '../../src/services/dynamodb/dynalite-patches.ts';

const expressions = [
  { parser: updateParser, expression: 'SET #a = :x, b = if_not_exists(b, :y)' },
  { parser: updateParser, expression: 'SET #a = #a + :x REMOVE constructor ADD c :y' },
  { parser: updateParser, expression: 'SET #a = list_append(#a, :x), #a = :y' },
  { parser: updateParser, expression: 'SET b.#a[1] = :x SET' },
  { parser: conditionParser, expression: 'attribute_not_exists(pk) OR #a = :x' },
  { parser: conditionParser, expression: 'begins_with(#a, :x) AND b < :y' },
  { parser: conditionParser, expression: '#a BETWEEN :x AND :y' },
  { parser: conditionParser, expression: 'attribute_type(#a, :x) AND NOT contains(b, :y)' },
  { parser: conditionParser, expression: 'size(#a) > :undefined' },
];

const value = fc.oneof(
  fc.string().map((S) => ({ S })),
  fc.constantFrom('S', 'N').map((S) => ({ S })),
  fc.integer().map((number) => ({ N: String(number) })),
  fc.constant({ NULL: true }),
  fc.array(fc.string().map((S) => ({ S }))).map((L) => ({ L })),
  fc.uniqueArray(fc.string(), { minLength: 1 }).map((SS) => ({ SS })),
);

const request = fc.record({
  expression: fc.constantFrom(...expressions),
  attrNames: fc.record({ '#a': fc.constantFrom('a', 'b', 'status') }),
  attrVals: fc.record({ ':x': value, ':y': value, ':z': value }, { requiredKeys: [':x'] }),
});

type Request = typeof request extends fc.Arbitrary<infer Value> ? Value : never;

/** All that dynalite sees of parsing: the tree or the error, and the names left unused. */
function outcome(parse: Parse, { expression, attrNames, attrVals }: Request): unknown {
  const unusedAttrNames = allOf(attrNames);
  const unusedAttrVals = allOf(attrVals);
  const context: ParserContext & { isReserved: (name: string) => boolean; compare: unknown } = {
    attrNames,
    attrVals,
    unusedAttrNames,
    unusedAttrVals,
    isReserved: (name) => name === 'status',
    compare: database.compare,
  };
  try {
    const tree = parse(expression.expression, { context });
    return { tree, unusedAttrNames, unusedAttrVals };
  } catch (error) {
    return { error: (error as Error).message ?? error };
  }
}

function allOf(names: object): Record<string, true> {
  return Object.fromEntries(Object.keys(names).map((name) => [name, true] as const));
}

describe('a parser with a memory', () => {
  test('answers every request as the parser itself does, whatever it was asked before', () => {
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 30 }), (requests) => {
        const remembers = new Map([updateParser, conditionParser].map(({ parse }) => [parse, remembering(parse)]));
        for (const asked of requests) {
          const { parse } = asked.expression.parser;
          expect(outcome(remembers.get(parse)!, asked)).toEqual(outcome(parse, asked));
        }
      }),
    );
  });

  test('parses an expression once for all values of the same types', () => {
    let parsed = 0;
    const parse = remembering((expression, options) => {
      parsed += 1;
      return updateParser.parse(expression, options);
    });
    const ask = (attrVals: Record<string, object>) =>
      outcome(parse, {
        expression: { parser: updateParser, expression: 'SET a = :x' },
        attrNames: { '#a': 'a' },
        attrVals,
      } as Request);
    ask({ ':x': { S: 'one' } });
    ask({ ':x': { S: 'two' } });
    expect(parsed).toBe(1);
    ask({ ':x': { N: '1' } });
    expect(parsed).toBe(2);
  });

  test('gives each request a tree of its own, since dynalite writes into it', () => {
    const parse = remembering(updateParser.parse);
    const ask = () => {
      const context = {
        attrVals: { ':x': { S: 'x' } },
        unusedAttrNames: {},
        unusedAttrVals: {},
        isReserved: () => false,
      };
      return parse('SET a = :x', { context }) as { sections: { val: unknown }[] };
    };
    ask().sections[0]!.val = 'overwritten';
    expect(ask().sections[0]!.val).toEqual({ S: 'x' });
  });
});
