import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventStream, type Runtime, startRuntime } from 'local-aws';
import { TemporaryFolder } from '../../../tools/run/synthesize.ts';
import { copyAssembly } from '../../synthesized.ts';
import { orders, type OrdersRun, type OrdersSurroundings } from './collected-io.ts';

/** This project's own stack, synthesized and running on this machine. */
export interface ServedPipeline extends AsyncDisposable {
  readonly runtime: Runtime;
  readonly events: EventStream;
  /** What makes `orders --local` find it. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs `orders --local …` against it. */
  orders(args: readonly string[], surroundings?: OrdersSurroundings): Promise<OrdersRun>;
}

/** @param change makes another template of the stack's */
export async function servePipeline(change = (template: string) => template): Promise<ServedPipeline> {
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(new TemporaryFolder());
  await copyAssembly(folder.path);
  const file = join(folder.path, 'OrderPipeline.template.json');
  writeFileSync(file, change(readFileSync(file, 'utf8')));
  const events = new EventStream();
  const runtime = starting.use(await startRuntime({ assembly: folder.path, events, port: 0 }));
  const env = { AWS_ENDPOINT_URL: runtime.endpoint.url };
  const running = starting.move();
  return {
    runtime,
    events,
    env,
    orders: (args, surroundings = {}) =>
      orders(['--local', ...args], { ...surroundings, env: { ...env, ...surroundings.env } }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
