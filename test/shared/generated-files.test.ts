import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { brokenOrder } from '../../shared/order/broken-order.ts';
import { exampleOrder } from '../../shared/order/example-order.ts';
import { orderDefects } from '../../shared/order/order-defects.generated.ts';
import { readOrder } from '../../shared/order/read-order.ts';
import { renderOrderFiles } from '../../tools/generate/order-files.ts';

test.each(orderDefects)(
  'the defect %j makes a bad order of every example, and the validator finds its place',
  (defect) => {
    const { place } = defect;
    const found = `/${place.join('/')}`;
    for (let index = 0; index < 20; index += 1) {
      const read = readOrder(JSON.stringify(brokenOrder(exampleOrder(index), defect)));
      const reasons = read.kind === 'invalid' ? read.reasons : [];
      expect(reasons.join()).toContain(place.length === 0 ? 'the order' : found);
    }
  },
);

test('every required property is left out once', () => {
  const { reasons } = readOrder('{}') as { readonly reasons: readonly string[] };
  const removed = orderDefects
    .filter((defect) => 'removed' in defect)
    .map(({ place }) => `/${place.join('/')} is required`);
  expect(removed).toEqual(expect.arrayContaining([...reasons]));
});

describe('the files generated from the order schema', () => {
  test('are what "npm run generate" writes from the schema as it is now', async () => {
    const stale: string[] = [];
    for (const { url, text } of (await renderOrderFiles()).files) {
      if ((await readFile(url, 'utf8')) !== text) stale.push(url.pathname.split('/').at(-1)!);
    }
    // Not empty? The schema or its generator changed: run `npm run generate` and commit what it writes.
    expect({ stale, remedy: 'npm run generate' }).toEqual({ stale: [], remedy: 'npm run generate' });
  });

  test('import nothing, so that no function brings ajv along', async () => {
    const validator = (await renderOrderFiles()).files.find(({ url }) => url.pathname.endsWith('.js'))!;
    const { metafile } = await build({
      stdin: { contents: validator.text },
      bundle: true,
      packages: 'external',
      format: 'esm',
      write: false,
      metafile: true,
    });
    expect(metafile.inputs['<stdin>']!.imports).toEqual([]);
  });
});
