// npm run generate: writes the files that follow from shared/order.schema.json.
import { writeFile } from 'node:fs/promises';
import { renderOrderFiles } from '../shared/generate/order-files.ts';

for (const { url, text } of await renderOrderFiles()) await writeFile(url, text);
