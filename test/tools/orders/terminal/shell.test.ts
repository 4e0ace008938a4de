import { expect, test } from '@jest/globals';
import { hintFor, shellWord } from '../../../../tools/orders/terminal/shell.ts';

test('a hint leads to the same pipeline when it is pasted', () => {
  expect(hintFor()('replay', ['id-1'])).toBe('npx orders replay id-1');
  expect(hintFor({ local: true })('replay', ['id-1'])).toBe('npx orders replay id-1 --local');
  expect(hintFor({ stack: 'Mine', region: 'eu-west-1' })('failed --list')).toBe(
    'npx orders failed --list --stack Mine --region eu-west-1',
  );
  expect(hintFor({ stage: 'dev' })('status')).toBe('npx orders status --stage dev');
});

test('an id that begins with a dash stands behind --', () => {
  expect(hintFor({ local: true })('show', ['-id'])).toBe('npx orders show --local -- -id');
});

test('a word that a shell would change is quoted', () => {
  expect(['plain-1', '/a=b', 'two words', "it's", '$HOME', '*', ''].map(shellWord)).toEqual([
    'plain-1',
    '/a=b',
    "'two words'",
    String.raw`'it'\''s'`,
    "'$HOME'",
    "'*'",
    "''",
  ]);
});
