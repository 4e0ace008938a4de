// A fresh process loads one bundle as Lambda does and invokes its handler once. Arguments: the file, the event as JSON.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [, , file, event] = process.argv;
const require = createRequire(import.meta.url);
for (const method of ['info', 'warn', 'error']) console[method] = () => {};

const startedAtMs = performance.now();
const { handler } = file.endsWith('.mjs') ? await import(pathToFileURL(file).href) : require(file);
const loadedAtMs = performance.now();
const answer = await handler(JSON.parse(event), { getRemainingTimeInMillis: () => 10_000 });
const answeredAtMs = performance.now();

const failed = answer?.batchItemFailures?.length > 0 || answer?.statusCode >= 400;
process.stdout.write(
  JSON.stringify({ failed, loadMs: loadedAtMs - startedAtMs, firstOrderMs: answeredAtMs - startedAtMs }),
);
process.exit();
