import type { AddressInfo, Server } from 'node:net';
import { LocalRuntimeError } from '../errors.ts';

const portsToTry = 100;

/** Where to listen. */
export interface ListenOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  /** Whether to move on to the next free port when `port` is taken. */
  readonly nextFreePort: boolean;
  /** The option of the command that chooses the port: `--port`. */
  readonly option: string;
}

/**
 * Listens on 127.0.0.1 and answers the port.
 *
 * @throws {LocalRuntimeError} `PORT_TAKEN` when the port is taken, or every port tried with `nextFreePort`
 */
export async function listenOnLoopback(server: Server, { port, nextFreePort, option }: ListenOptions): Promise<number> {
  const last = nextFreePort && port !== 0 ? Math.min(port + portsToTry - 1, 65_535) : port;
  for (let candidate = port; candidate <= last; candidate += 1) {
    if (await tryToListen(server, candidate)) return (server.address() as AddressInfo).port;
  }
  throw new LocalRuntimeError(
    'PORT_TAKEN',
    last === port ? `Port ${port} is taken.` : `The ports ${port} to ${last} are all taken.`,
    `Choose another one with ${option}.`,
  );
}

/** False when the port is taken; other errors (a privileged port, say) are thrown. */
function tryToListen(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      server.off('listening', onListening);
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    };
    const onListening = () => {
      server.off('error', onError);
      resolve(true);
    };
    server.once('error', onError);
    server.once('listening', onListening);
    server.listen(port, '127.0.0.1');
  });
}
