import { join } from 'node:path';
import { ProcessGuard, type TableModel } from 'local-aws';
import { createTableInput, DynaliteProcess, Forwarder } from 'local-aws/testing';

/** A table server as the runtime starts it, with one table and without a runtime in front. */
export class TableServer implements AsyncDisposable {
  readonly socketPath: string;
  readonly #guard = new ProcessGuard();
  #process: DynaliteProcess | undefined;

  private constructor(directory: string) {
    this.socketPath = join(directory, 'table.sock');
  }

  static async start(directory: string, table: TableModel): Promise<TableServer> {
    const server = new TableServer(directory);
    const { socketPath } = server;
    server.#guard.start();
    const about = { socketPath, region: 'us-east-1', accountId: '000000000000', guard: server.#guard, onCrash };
    server.#process = await DynaliteProcess.start(about);
    const forwarder = new Forwarder(socketPath);
    const { status } = await forwarder.send('CreateTable', Buffer.from(JSON.stringify(createTableInput(table))));
    forwarder.close();
    if (status === 200) return server;
    await server[Symbol.asyncDispose]();
    throw new Error(`The table server refused the table with ${status}.`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.close();
    await this.#guard.close();
  }
}

function onCrash(lastWords: string): void {
  process.stderr.write(`The table server ended: ${lastWords}\n`);
}
