// npm run generate: writes the files that follow from shared/order/order.schema.json.
import { writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderOrderFiles } from '../tools/generate/order-files.ts';

for (const { url, text } of await renderOrderFiles()) {
  await writeFile(url, text);
  process.stdout.write(`Wrote ${relative(process.cwd(), fileURLToPath(url))}\n`);
}
