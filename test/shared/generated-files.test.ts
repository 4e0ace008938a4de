import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { renderOrderFiles } from '../../tools/generate/order-files.ts';

describe('the files generated from the order schema', () => {
  test('are what "npm run generate" writes from the schema as it is now', async () => {
    const stale: string[] = [];
    for (const { url, text } of await renderOrderFiles()) {
      if ((await readFile(url, 'utf8')) !== text) stale.push(url.pathname.split('/').at(-1)!);
    }
    // Not empty? The schema or its generator changed: run `npm run generate` and commit what it writes.
    expect({ stale, remedy: 'npm run generate' }).toEqual({ stale: [], remedy: 'npm run generate' });
  });

  test('import nothing, so that no function brings ajv along', async () => {
    const validator = (await renderOrderFiles()).find(({ url }) => url.pathname.endsWith('.js'))!;
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
