import { describe, expect, test } from '@jest/globals';
import { findFunction } from '../../src/services/lambda/function-name.ts';
import { functionModel } from './function-fixture.ts';

const fn = functionModel({ name: 'worker' });
const directory = {
  region: 'eu-west-1',
  accountId: '000000000000',
  find: (name: string) => (name === 'worker' ? fn : undefined),
};

describe('a function is found', () => {
  test.each([
    'worker',
    'worker:$LATEST',
    '000000000000:function:worker',
    'arn:aws:lambda:eu-west-1:000000000000:function:worker',
    'arn:aws:lambda:eu-west-1:000000000000:function:worker:$LATEST',
  ])('as %s', (text) => {
    expect(findFunction(directory, text)).toBe(fn);
  });
});

describe('a function is not found, in AWS’s words,', () => {
  test.each([
    ['nobody', undefined, 'Function not found: arn:aws:lambda:eu-west-1:000000000000:function:nobody'],
    ['worker', 'PROD', 'Function not found: arn:aws:lambda:eu-west-1:000000000000:function:worker:PROD'],
    ['worker:7', undefined, 'Function not found: arn:aws:lambda:eu-west-1:000000000000:function:worker:7'],
    [
      'arn:aws:lambda:us-east-1:000000000000:function:worker',
      undefined,
      "Functions from 'us-east-1' are not reachable in this region ('eu-west-1')",
    ],
    [
      '111111111111:function:worker',
      undefined,
      'Function not found: arn:aws:lambda:eu-west-1:111111111111:function:worker',
    ],
  ])('as %s with qualifier %s', (text, qualifier, message) => {
    expect(() => findFunction(directory, text, { parameter: qualifier })).toThrow(
      expect.objectContaining({ code: 'ResourceNotFoundException', httpStatus: 404, message }),
    );
  });

  test.each([
    ['invalid!', /at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern/],
    ['a'.repeat(129), /at 'qualifier' .* Member must have length less than or equal to 128$/],
  ])('and a qualifier that cannot be one is a ValidationException: %s', (parameter, message) => {
    expect(() => findFunction(directory, 'worker', { parameter })).toThrow(
      expect.objectContaining({ code: 'ValidationException', message: expect.stringMatching(message) as unknown }),
    );
  });

  test('and two qualifiers that differ are refused', () => {
    expect(() => findFunction(directory, 'worker:$LATEST', { parameter: '1' })).toThrow(
      expect.objectContaining({
        code: 'InvalidParameterValueException',
        message: 'The derived qualifier from the function name does not match the specified qualifier.',
      }),
    );
  });

  test('and a name that cannot be one is a ValidationException', () => {
    expect(() => findFunction(directory, 'no spaces')).toThrow(
      expect.objectContaining({
        code: 'ValidationException',
        message: expect.stringContaining("Value 'no spaces' at 'functionName' failed to satisfy constraint"),
      }),
    );
  });
});
