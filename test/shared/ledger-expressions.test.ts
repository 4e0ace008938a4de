import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

/** The one place that makes requests which change a row. */
const stateMachine = 'shared/ledger/';
/** What the pipeline is compared with: the lecture demo's own consumer. */
const comparison = 'tools/bench/demo/';

const sources = ['bin', 'lambdas', 'lib', 'shared', 'tools'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.[cm]?[jt]s$/.test(path))
    .map((path) => `${folder}/${path}`),
);

test('nobody but the state machine spells an expression that changes a row', () => {
  const spelling = sources
    .filter((path) => !path.startsWith(stateMachine) && !path.startsWith(comparison))
    .filter((path) => /\b(Update|Condition)Expression\b|\bPutItemCommand\b/.test(readFileSync(path, 'utf8')));
  expect(sources.length).toBeGreaterThan(100);
  expect(spelling).toEqual([]);
});
