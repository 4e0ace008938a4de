/** What goes back to the client. */
export interface GatewayAnswer {
  readonly status: number;
  /** A name can be there several times: `set-cookie`. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

interface GatewayErrorOptions {
  readonly headers?: GatewayAnswer['headers'];
  readonly integrationMessage?: string | undefined;
  readonly cause?: FailureCause;
}

/** What went wrong, where APIs of different kinds answer differently. */
type FailureCause = 'timeout' | 'function';

/** An answer of API Gateway's own, in place of the integration's. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly status: number;
  /** What the client reads: `Not Found`. */
  readonly text: string;
  readonly headers: GatewayAnswer['headers'];
  /** Why, for access logs and the person at the terminal. The client never reads it. */
  readonly reason: string | undefined;
  /** What access logs say of the integration, in AWS's words where they are known. Default: the reason. */
  readonly integrationMessage: string | undefined;
  readonly #cause: FailureCause | undefined;

  constructor(
    status: number,
    text: string,
    reason?: string,
    { headers = [], integrationMessage = reason, cause }: GatewayErrorOptions = {},
  ) {
    super(reason ?? text);
    this.status = status;
    this.text = text;
    this.reason = reason;
    this.headers = headers;
    this.integrationMessage = integrationMessage;
    this.#cause = cause;
  }

  /** Whether the integration did not answer in time. */
  get isTimeout(): boolean {
    return this.#cause === 'timeout';
  }

  /** Whether the function failed, or answered something malformed. */
  get isOfFunction(): boolean {
    return this.#cause === 'function';
  }
}

/** As HTTP APIs answer: `{"message":"Not Found"}`. */
export function errorAnswer({ status, text, headers }: GatewayError): GatewayAnswer {
  return jsonAnswer(status, { message: text }, headers);
}

export function jsonAnswer(status: number, document: object, headers: GatewayAnswer['headers'] = []): GatewayAnswer {
  return {
    status,
    headers: [['content-type', 'application/json'], ...headers],
    body: Buffer.from(JSON.stringify(document)),
  };
}

/** The value of a header of the answer. Any case of the name fits. */
export function answerHeader({ headers }: Pick<GatewayAnswer, 'headers'>, name: string): string | undefined {
  return headers.find(([given]) => given.toLowerCase() === name)?.[1];
}
