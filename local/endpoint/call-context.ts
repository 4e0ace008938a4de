import type { ServerResponse } from 'node:http';
import type { CallContext, Caller } from './service.ts';

/** The context of one HTTP request. Its signal is made on demand: only long polls and invocations look at it. */
export class HttpCallContext implements CallContext {
  readonly caller: Caller;
  readonly requestId: string;
  readonly traceHeader: string | undefined;
  readonly #response: ServerResponse;
  #controller: AbortController | undefined;

  constructor(caller: Caller, requestId: string, response: ServerResponse) {
    const traceHeader = response.req.headers['x-amzn-trace-id'];
    this.caller = caller;
    this.requestId = requestId;
    this.traceHeader = typeof traceHeader === 'string' ? traceHeader : undefined;
    this.#response = response;
  }

  hangUp(): void {
    this.#response.destroy();
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = new AbortController();
      this.#controller = controller;
      if (this.#response.destroyed) controller.abort();
      else {
        this.#response.once('close', () => {
          if (!this.#response.writableFinished) controller.abort();
        });
      }
    }
    return this.#controller.signal;
  }
}
