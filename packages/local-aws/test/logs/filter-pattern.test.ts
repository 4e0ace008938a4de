import { describe, expect, test } from '@jest/globals';
import { parseFilterPattern } from '../../src/services/logs/filter.ts';

/** The examples of "Filter pattern syntax" in the CloudWatch Logs User Guide, and what they leave open. */
describe('terms', () => {
  test.each([
    ['ERROR', '[ERROR] A fatal exception has occurred', true],
    ['ERROR', 'Exiting with ERRORCODE: -1', true],
    ['ERROR', 'an error', false],
    ['ERROR -Exiting', 'Exiting with ERRORCODE: -1', false],
    ['ERROR -"Exiting"', '[ERROR] A fatal exception', true],
    ['ERROR Exception', '[ERROR] Caught IllegalArgumentException', true],
    ['ERROR Exception', '[ERROR] nothing', false],
    ['Failed to process the request', '[ERROR] Unable to continue: Failed to process the request', true],
    ['"Failed to process"', 'process to Failed', false],
    ['"say \\"hi\\""', 'they say "hi" now', true],
    ['?ERROR ?WARN', 'WARN message', true],
    ['?ERROR ?WARN', 'INFO message', false],
    ['ERROR WARN', 'ERROR message', false],
    ['ERROR -WARN', 'ERROR message', true],
    ['ERROR -WARN', 'ERROR WARN message', false],
    ['-WARN', 'INFO', true],
    ['?ERROR REQUEST', 'REQUEST', true],
    ['%AUTHORIZED%', '[ERROR 401] UNAUTHORIZED REQUEST', true],
    ['%colou?r%', 'colr', false],
    ['', 'anything', true],
    ['   ', 'anything', true],
    ['größe_1', 'die größe_1 ist', true],
  ])('%s on "%s" is %s', (pattern, message, expected) => {
    expect(parseFilterPattern(pattern)(message)).toBe(expected);
  });

  test.each([
    ['foo-bar', '-'],
    ['/health', '/'],
    ['?Status: timeout', ':'],
    ['%a(b)%', '('],
  ])('%s must be quoted, and the message names the character', (pattern, character) => {
    expect(() => parseFilterPattern(pattern)).toThrow(
      expect.objectContaining({
        code: 'InvalidParameterException',
        message: `Invalid character(s) in term '${character}'`,
      }),
    );
  });
});

describe('JSON', () => {
  const trail = {
    eventType: 'UpdateTrail',
    sourceIPAddress: '111.111.111.111',
    arrayKey: ['value', 'another value'],
    objectList: [
      { name: 'a', id: 1 },
      { name: 'b', id: 2 },
    ],
    SomeObject: null,
    ThisFlag: true,
  };
  const users = {
    user: { id: 1, email: 'John.Stiles@example.com' },
    users: [
      { id: 2, email: 'John.Doe@example.com' },
      { id: 3, email: 'Jane.Doe@example.com' },
    ],
    actions: ['GET', 'PUT', 'DELETE'],
    coordinates: [
      [0, 1, 2],
      [4, 5, 6],
      [7, 8, 9],
    ],
  };
  const numbers = {
    latency: 1500,
    numbers: [0.005],
    processes: [0, 1, 2, 3, { averageRuntime: 55.5 }],
    errorCode: 400,
  };

  test.each([
    ['{ $.eventType = "UpdateTrail" }', trail, true],
    ['{ $.eventType = UpdateTrail }', trail, true],
    ['{$.eventType="Update*"}', trail, true],
    ['{ $.eventType = *Trail }', trail, true],
    ['{ $.eventType = "*ateTr*" }', trail, true],
    ['{ $.eventType = "Upd*Trail" }', trail, false],
    ['{ $.eventType = "*" }', trail, true],
    ['{ $.nothing = "*" }', trail, false],
    ['{ $.eventType = %^Update% }', trail, true],
    ['{ $.sourceIPAddress != 123.123.* }', trail, true],
    ['{ $.sourceIPAddress != 111.111.* }', trail, false],
    ['{ $.arrayKey[0] = "value" }', trail, true],
    ['{ $.arrayKey[1] = "value" }', trail, false],
    ['{ $.objectList[1].id = 2 }', trail, true],
    ['{ $.objectList[*].id = 2 }', trail, true],
    ['{ $.eventType[0] = "U" }', trail, false],
    ['{ $.SomeObject IS NULL }', trail, true],
    ['{ $.eventType IS NULL }', trail, false],
    ['{ $.SomeOtherObject NOT EXISTS }', trail, true],
    ['{ $.SomeObject NOT EXISTS }', trail, false],
    ['{ $.ThisFlag IS TRUE }', trail, true],
    ['{ $.ThisFlag is false }', trail, false],
    ['{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', users, true],
    ['{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', users, false],
    [
      '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch && $.actions[2] = nomatch }',
      users,
      true,
    ],
    [
      '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch) && $.actions[2] = nomatch }',
      users,
      false,
    ],
    ['{ $.coordinates[2][0] = 7 }', users, true],
    ['{ $.users = 1 }', { users: [1, 2, 3] }, false],
    ['{ $.users != 1 }', { users: [1, 2, 3] }, false],
    ['{ $.missing != 1 }', users, false],
    ['{ $.latency >= 500 }', numbers, true],
    ['{ $.numbers[0] < 10e3 }', numbers, true],
    ['{ $.numbers[0] < 10e-3 }', numbers, true],
    ['{ $.processes[4].averageRuntime <= 55.5 }', numbers, true],
    ['{ $.errorCode = 400 }', numbers, true],
    ['{ $.errorCode != 500 }', numbers, true],
    ['{ $.errorCode = 4* }', numbers, true],
    ['{ $.latency > +1000 }', numbers, true],
    ['{ $.latency < 1000 }', numbers, false],
    ['{ $.level = "ERROR" }', { level: 'ERROR', message: 'no' }, true],
    ['{ $.detail-type = "x" }', { 'detail-type': 'x' }, true],
    ["{ $['a.b'].c = 1 }", { 'a.b': { c: 1 } }, true],
    ['{ $.constructor NOT EXISTS }', {}, true],
  ])('%s on %j is %s', (pattern, document, expected) => {
    expect(parseFilterPattern(pattern)(JSON.stringify(document))).toBe(expected);
  });

  test.each(['not JSON', '{broken', '[1]', '"text"'])('%s never matches', (message) => {
    expect(parseFilterPattern('{ $.a NOT EXISTS }')(message)).toBe(false);
  });

  test.each([
    '{ $.a = }',
    '{ $.a = 1',
    '{ $.a = 1 } more',
    '{ $.a < text }',
    '{ a = 1 }',
    '{ $.a IS 1 }',
    '{ ($.a = 1 }',
    '{}',
    '{ $."a" = 1 }',
    '[ip, user]',
  ])('%s is refused', (pattern) => {
    expect(() => parseFilterPattern(pattern)).toThrow(expect.objectContaining({ code: 'InvalidParameterException' }));
  });
});
