import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import { UsageError } from '../../../../tools/orders/errors.ts';
import { inputFiles, standingFolder } from '../../../../tools/orders/input/paths.ts';
import { hintFor } from '../../../../tools/orders/terminal/shell.ts';

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

test.each([
  ['s3://bucket/orders.json', 'Pass its orders on: aws s3 cp s3://bucket/orders.json - | npx orders send - --local'],
  ['https://example.com/o?a=1&b', "curl -fsSL 'https://example.com/o?a=1&b' | npx orders send - --local"],
  ['ftp://example.com/o', 'Fetch the file, and name it.'],
  ['~/orders.json', 'Write the ~ outside of quotes, so that the shell makes your folder of it.'],
  ['file://elsewhere/orders.json', 'Name the file by its path.'],
])('%s is refused with the way to its orders', (name, remedy) => {
  const read = () => inputFiles([name], tmpdir(), hintFor({ local: true }));
  expect(read).toThrow(UsageError);
  expect(read).toThrow(remedy);
});

test('an address of a file on this machine is the file', () => {
  const file = fileURLToPath(import.meta.url);
  expect(inputFiles([import.meta.url], tmpdir())).toEqual([{ name: file, path: file }]);
});
