/**
 * What a fresh process runs: it loads the file `FILE` as Lambda does, invokes its handler with `EVENT`, and writes how
 * long that took. A text, because Node would begin a TypeScript file by loading what strips its types.
 */
export const coldStartProgram = `
import { createRequire } from 'node:module';

const { FILE: file, EVENT: event } = process.env;
const require = createRequire(import.meta.url);
for (const method of ['info', 'warn', 'error']) console[method] = () => {};

const startedAtMs = performance.now();
const { handler } = file.endsWith('.mjs') ? await import(file) : require(file);
const loadedAtMs = performance.now();
const answer = await handler(JSON.parse(event), { getRemainingTimeInMillis: () => 10_000 });
const answeredAtMs = performance.now();

const failed = answer?.batchItemFailures?.length > 0 || answer?.statusCode >= 400;
process.stdout.write(
  JSON.stringify({ failed, loadMs: loadedAtMs - startedAtMs, firstOrderMs: answeredAtMs - startedAtMs }),
);
process.exit();
`;
