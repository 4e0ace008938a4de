import { once } from 'node:events';
import { createServer, type IncomingMessage, request as forward, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Passes a request on, answers an error in DynamoDB's form, or keeps it waiting for ever. */
export type Fault = 'none' | 'silence' | { readonly status: number; readonly type: string };

export interface FaultyEndpoint extends AsyncDisposable {
  readonly endpoint: string;
  /** Settles when a request was kept waiting. */
  readonly silenced: Promise<void>;
}

/** A proxy before an endpoint, with faults by what a request says. */
export async function startFaultyEndpoint(target: string, faultOf: (body: string) => Fault): Promise<FaultyEndpoint> {
  const { promise: silenced, resolve } = Promise.withResolvers<void>();
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const fault = faultOf(body);
    if (fault === 'silence') return resolve();
    if (fault !== 'none') return refuse(response, fault);
    const onward = forward(target, { method: 'POST', headers: request.headers }, (passedOn) => {
      response.writeHead(passedOn.statusCode ?? 500, passedOn.headers);
      passedOn.pipe(response);
    });
    onward.end(body);
  }

  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    silenced,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function refuse(response: ServerResponse, { status, type }: Exclude<Fault, string>): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'No.' }));
}
