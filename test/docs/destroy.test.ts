import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { projectRoot } from '../../tools/run/synthesize.ts';

const pages = globSync(['*.md', 'docs/*.md'], { cwd: projectRoot }).map((page) => [
  page,
  readFileSync(join(projectRoot, page), 'utf8'),
]);
const places = pages.flatMap(([page, text]) =>
  [...text!.matchAll(/npm run cdk -- destroy/g)].map(({ index }) => [page!, text!.slice(index, index + 200)] as const),
);

// SQS keeps the name of a deleted queue for 60 seconds (SQS API Reference, CreateQueue).
test.each(places)('%s says beside `destroy` that the next deployment has to wait', (_, text) => {
  expect(text).toMatch(/Wait a minute after it before you deploy again|# wait a minute before you deploy again/);
});
