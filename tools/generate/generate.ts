import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderOrderFiles } from './order-files.ts';
import { SchemaRefused } from './order-schema.ts';

/** `npm run generate`. Writes only what changed. @returns the exit code */
export async function generate(stdout: NodeJS.WritableStream, stderr: NodeJS.WritableStream): Promise<number> {
  let rendered;
  try {
    rendered = await renderOrderFiles();
  } catch (error) {
    if (!(error instanceof SchemaRefused)) throw error;
    stderr.write(`${error.message} Nothing was written.\n`);
    return 1;
  }
  for (const { url, text } of rendered.files) {
    if ((await readFile(url, 'utf8').catch(() => undefined)) === text) continue;
    await mkdir(new URL('.', url), { recursive: true });
    await writeFile(url, text);
    stdout.write(`Wrote ${relative(process.cwd(), fileURLToPath(url))}\n`);
  }
  for (const remark of rendered.remarks) stderr.write(`${remark}\n`);
  return 0;
}
