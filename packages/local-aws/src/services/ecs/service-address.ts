import { connect, createServer, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { listenOnLoopback } from '../../endpoint/listen.ts';

/** Ports below are the system's. */
const firstFreePort = 1024;
/** Port 80 of a container is 8080 here. */
const shift = 8000;

/**
 * The address of a service: one port of this machine for one port of its tasks. Connections go to the ready tasks in
 * turn, as behind a load balancer, so that the address stays while tasks come and go.
 */
export class ServiceAddress {
  readonly containerPort: number;
  readonly #targets: () => readonly number[];
  readonly #sockets = new Set<Socket>();
  /** Connections to tasks, with the port, that wait for the first byte of an answer. */
  readonly #waiting = new Map<Socket, number>();
  readonly #onAnswered = new Set<() => void>();
  readonly #server: Server;
  #port = 0;
  #turn = 0;

  /** @param targets ports of this machine at which ready tasks listen */
  constructor(containerPort: number, targets: () => readonly number[]) {
    this.containerPort = containerPort;
    this.#targets = targets;
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#serve(client));
  }

  /** `http://127.0.0.1:8080`. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /**
   * Listens on the container's own port if it is free, otherwise on the next one that is.
   *
   * @throws {LocalRuntimeError} `PORT_TAKEN` when a hundred ports are taken
   */
  async open(): Promise<void> {
    const { containerPort: wanted } = this;
    const port = wanted < firstFreePort ? wanted + shift : wanted;
    this.#port = await listenOnLoopback(this.#server, { port, nextFreePort: true, option: 'containerPort' });
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  /** Settles when no connection to the port waits for an answer. Connections between two requests wait for none. */
  async drained(port: number | undefined): Promise<void> {
    const isDrained = () => ![...this.#waiting.values()].includes(port ?? 0);
    if (isDrained()) return;
    await new Promise<void>((resolve) => {
      const look = () => {
        if (!isDrained()) return;
        this.#onAnswered.delete(look);
        resolve();
      };
      this.#onAnswered.add(look);
    });
  }

  /** A connection that no task takes is ended. */
  #serve(client: Socket): void {
    this.#keep(client);
    const ports = this.#targets();
    const port = ports[this.#turn % Math.max(ports.length, 1)];
    this.#turn += 1;
    if (port === undefined) return void client.destroy();
    const task = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.#keep(task);
    this.#waiting.set(task, port);
    client.on('data', () => {
      if (!task.destroyed) this.#waiting.set(task, port);
    });
    task.on('data', () => this.#answered(task));
    // An error on one side ends the other one.
    pipeline(client, task, ignore);
    pipeline(task, client, ignore);
  }

  #answered(task: Socket): void {
    if (this.#waiting.delete(task)) for (const look of this.#onAnswered) look();
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#answered(socket);
    });
  }
}

function ignore(): void {}
