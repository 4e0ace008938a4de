import type { ServerResponse } from 'node:http';
import type { CallContext, Caller } from './api.ts';

/** The context of one HTTP request. Its signal is made on demand: only long polls and invocations look at it. */
export class HttpCallContext implements CallContext {
  readonly caller: Caller;
  readonly requestId: string;
  readonly host: string | undefined;
  readonly traceHeader: string | undefined;
  readonly #response: ServerResponse;
  #controller: AbortController | undefined;

  constructor(caller: Caller, requestId: string, response: ServerResponse) {
    const { host, 'x-amzn-trace-id': traceHeader } = response.req.headers;
    this.caller = caller;
    this.requestId = requestId;
    this.host = host;
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

/** What a signature's credential says. The signature itself is not verified: nothing secret guards a local endpoint. */
export interface CredentialScope {
  readonly accessKeyId: string;
  readonly region: string;
  /** Signing name of the service: `sqs`, `logs`, `lambda`. */
  readonly service: string;
}

/**
 * Reads `AKID/20260101/eu-central-1/sqs/aws4_request` from an `Authorization: AWS4-HMAC-SHA256 Credential=…` header or
 * from the `X-Amz-Credential` parameter of a presigned URL. Source: IAM User Guide, "Signature Version 4".
 */
export function credentialScope(
  authorization: string | undefined,
  presigned: string | null | undefined,
): CredentialScope | undefined {
  const credential = /Credential=([^,\s]+)/.exec(authorization ?? '')?.[1] ?? presigned ?? undefined;
  if (credential === undefined) return undefined;
  // Access key ids of other AWS-compatible tools may hold slashes: the scope is the last four parts.
  const parts = credential.split('/');
  const [region, service] = parts.slice(-3);
  const accessKeyId = parts.slice(0, -4).join('/');
  if (accessKeyId === '' || region === undefined || service === undefined) return undefined;
  return { accessKeyId, region, service };
}
