import { EventEmitter, once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Holds functions until a test lets them go on: their handlers run `passGate`, which asks it over HTTP. */
export interface Gate extends AsyncDisposable {
  /** Properties of the function whose handler passes this gate. */
  readonly function: { readonly Environment: { readonly Variables: { readonly GATE_URL: string } } };
  /** Resolves once `count` invocations stand before it. */
  reached(count: number): Promise<void>;
  /** Lets those that stand before it pass. */
  letPass(): void;
  /** From now on lets them pass whenever `count` stand before it, and nobody alone. */
  letPassTogether(count: number): void;
  /** Lets everybody pass from now on. */
  open(): void;
}

/** Handler code that waits before the gate. */
export const passGate = 'await (await fetch(process.env.GATE_URL)).text();';

export async function createGate(): Promise<Gate> {
  const waiting = new Set<ServerResponse>();
  const arrivals = new EventEmitter();
  let together = Number.POSITIVE_INFINITY;
  const server = createServer((request, response) => {
    waiting.add(response);
    arrivals.emit('one');
    request.on('close', () => waiting.delete(response));
    if (waiting.size >= together) letPass();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const letPass = () => {
    for (const response of waiting) response.end();
    waiting.clear();
  };
  return {
    function: { Environment: { Variables: { GATE_URL: url } } },
    async reached(count) {
      while (waiting.size < count) await once(arrivals, 'one');
    },
    letPass,
    letPassTogether(count) {
      together = count;
      if (waiting.size >= together) letPass();
    },
    open() {
      together = 1;
      letPass();
    },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
