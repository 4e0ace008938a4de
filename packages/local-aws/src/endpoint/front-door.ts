import { createServer, type RequestListener, type Server } from 'node:http';
import { listenOnLoopback, type ListenOptions } from './listen.ts';
import { endpointLimits, keepAliveMs } from './server.ts';

/** Handles requests of clients that are no AWS clients: browsers, curl, other programs. */
export type DoorHandler = RequestListener;

/**
 * A server on 127.0.0.1 beside the endpoint: the HTTP APIs and function URLs of the app. Its port is found before the
 * assembly is read, because the addresses of APIs carry the port. The server listens only while something stands behind.
 */
export class FrontDoor {
  readonly #server: Server;
  #port = 0;
  #handler: DoorHandler | undefined;

  private constructor() {
    this.#server = createServer({ connectionsCheckingInterval: endpointLimits.checkMs }, (request, response) => {
      if (this.#handler === undefined) response.writeHead(503).end();
      else this.#handler(request, response);
    });
    this.#server.headersTimeout = endpointLimits.headersMs;
    this.#server.requestTimeout = endpointLimits.requestMs;
    this.#server.keepAliveTimeout = keepAliveMs;
    this.#server.maxConnections = endpointLimits.connections;
  }

  /**
   * Finds a free port, and holds it by listening. Until `open`, requests get a 503.
   *
   * @throws {LocalRuntimeError} `PORT_TAKEN`
   */
  static async reserve(options: ListenOptions): Promise<FrontDoor> {
    const door = new FrontDoor();
    door.#port = await listenOnLoopback(door.#server, options);
    return door;
  }

  get port(): number {
    return this.#port;
  }

  /** `http://127.0.0.1:4567`, without a slash at the end. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get isOpen(): boolean {
    return this.#handler !== undefined;
  }

  /**
   * Lets requests through to `handler`, in place of the handler before.
   *
   * @throws {LocalRuntimeError} `PORT_TAKEN` when another program has taken the port while the door was closed
   */
  async open(handler: DoorHandler): Promise<void> {
    if (!this.#server.listening) {
      await listenOnLoopback(this.#server, { port: this.#port, nextFreePort: false, option: '--api-port' });
    }
    this.#handler = handler;
  }

  /** Stops listening and ends every connection. The port stays the one to open again. */
  async close(): Promise<void> {
    this.#handler = undefined;
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}
