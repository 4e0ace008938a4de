import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { UsageError } from '../../../../tools/orders/errors.ts';
import { inputFiles, standingFolder } from '../../../../tools/orders/input/paths.ts';

const folder = mkdtempSync(join(tmpdir(), 'orders-paths-'));
mkdirSync(join(folder, 'week', 'day.json'), { recursive: true });
mkdirSync(join(folder, 'empty'));
for (const name of [
  'a.json',
  'b.ndjson',
  'c.jsonl',
  'd.csv',
  'e.csv.gz',
  'F.JSON.GZ',
  'notes.txt',
  'day.json/f.json',
]) {
  writeFileSync(join(folder, 'week', name), '');
}
writeFileSync(join(folder, 'odd[1].json'), '');

afterAll(() => rmSync(folder, { recursive: true }));

const namesOf = (...names: readonly string[]) => inputFiles(names, folder).map(({ name }) => name);

describe('the files that arguments name', () => {
  test.each([
    [
      'a folder',
      ['week'],
      ['week/F.JSON.GZ', 'week/a.json', 'week/b.ndjson', 'week/c.jsonl', 'week/d.csv', 'week/e.csv.gz'],
    ],
    ['a pattern', ['week/*.{json,csv}'], ['week/a.json', 'week/d.csv']],
    ['a pattern over folders', ['**/*.json'], ['odd[1].json', 'week/a.json', 'week/day.json/f.json']],
    ['a name that looks like a pattern', ['odd[1].json'], ['odd[1].json']],
    ['another name than those of a folder', ['week/notes.txt'], ['week/notes.txt']],
    ['stdin', ['-'], ['stdin']],
    [
      'each once',
      ['week/d.csv', '-', 'week', 'week/../week/d.csv', '-'],
      ['week/d.csv', 'stdin', 'week/F.JSON.GZ', 'week/a.json', 'week/b.ndjson', 'week/c.jsonl', 'week/e.csv.gz'],
    ],
  ])('%s', (_what, names, files) => {
    expect(namesOf(...names)).toEqual(files);
  });

  test.each([
    ['gone.json', 'gone.json cannot be read: ENOENT'],
    ['*.ndjson', 'There is no file like *.ndjson.'],
    ['', 'The name of a file is empty.'],
    ['empty', 'empty is a folder without a file of orders'],
  ])('%s is a mistake in the command line', (name, message) => {
    expect(() => namesOf('week/a.json', name)).toThrow(UsageError);
    expect(() => namesOf(name)).toThrow(message);
  });
});

test.each([
  ['of a script that npm started', { INIT_CWD: '/home/ada', npm_package_json: '/project/package.json' }, '/home/ada'],
  ['where npm is not at work', {}, '/project'],
  ['of a shell below another npm', { INIT_CWD: '/home/ada', npm_package_json: '/elsewhere/package.json' }, '/project'],
])('the folder %s', (_what, env, expected) => {
  expect(standingFolder(env, '/project')).toBe(expected);
});
