/** Who calls: the developer (may do everything) or a role of the template (its policies decide). */
export interface Caller {
  readonly accessKeyId: string;
  /** ARN of the role behind the credentials; undefined for the developer's own. */
  readonly roleArn?: string;
}

export interface CallContext {
  readonly caller: Caller;
  readonly requestId: string;
  /** Aborts when the client goes away: a long poll must not hand messages to nobody. */
  readonly signal: AbortSignal;
}

/** What an operation needs permission for: `sqs:SendMessage` on the queue's ARN, for example. */
export interface Permission {
  readonly action: string;
  readonly resource: string;
}

export type JsonObject = Record<string, unknown>;

/** One API operation: takes the parsed input, answers the output document, throws `AwsError`. */
export interface Operation {
  /** Defaults to none: an operation without one is allowed to everybody. Asked before `run`. */
  readonly permissions?: (input: JsonObject) => readonly Permission[];
  run(input: JsonObject, context: CallContext): JsonObject | Promise<JsonObject>;
}

/** A service behind the endpoint: its operations by name, for the RPC protocols (JSON 1.0/1.1 and Query). */
export interface RpcService {
  /** As in the credential scope of a signature: `sqs`, `logs`, `cloudformation`, `sts`. */
  readonly signingName: string;
  /** Prefix of `X-Amz-Target` (`AmazonSQS`, `Logs_20140328`); undefined for Query-only services. */
  readonly targetPrefix?: string;
  /** XML namespace of Query responses. */
  readonly xmlNamespace?: string;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** Decides whether a caller may; throws the service's access-denied `AwsError` when not. */
export type Authorize = (caller: Caller, permission: Permission) => void;

export interface RestRequest {
  readonly method: string;
  /** The path's `{Name}` segments, percent-decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface RestResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | JsonObject;
}

/** One operation of a REST-JSON service (Lambda). */
export interface RestRoute {
  /** As in the service's API reference: `Invoke`. */
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `/2015-03-31/functions/{FunctionName}/invocations`, without a query. */
  readonly path: string;
  readonly permissions?: (request: RestRequest) => readonly Permission[];
  run(request: RestRequest, context: CallContext): RestResponse | Promise<RestResponse>;
}

export interface RestService {
  readonly signingName: string;
  readonly routes: readonly RestRoute[];
}
