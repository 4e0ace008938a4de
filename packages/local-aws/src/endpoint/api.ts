/** Who calls: the developer (may do everything) or a role of the template (its policies decide). */
export interface Caller {
  readonly accessKeyId: string;
  /** ARN of the role behind the credentials; undefined for the developer's own. */
  readonly roleArn?: string;
  /** Name of the role's session: for a function's credentials the function's name. */
  readonly sessionName?: string;
}

/** What an operation knows of a call apart from its input. */
export interface CallContext {
  readonly caller: Caller;
  /** A UUID, which the answer names as well. */
  readonly requestId: string;
  /** By which name and port the caller came: `localhost:4566`. Undefined: the endpoint's own. */
  readonly host?: string | undefined;
  /** `X-Amzn-Trace-Id`, which SDKs inside functions send along. */
  readonly traceHeader?: string | undefined;
  /** Aborts when the client goes away: a long poll must not hand messages to nobody. */
  readonly signal: AbortSignal;
  /** Ends the connection without an answer, as a server that dies does. An answer that comes later goes nowhere. */
  hangUp?(): void;
}

export type JsonObject = Record<string, unknown>;

/**
 * The type of a value on the wire. A declared input is checked before the operation runs (a value of another type is
 * a `SerializationException`) and is what the Query protocol's flat parameters are read by. `blob` is base64 text.
 */
export type Shape = 'string' | 'integer' | 'boolean' | 'blob' | ListShape | MapShape | StructureShape;

/** A list of values of one shape. */
interface ListShape {
  readonly list: Shape;
  /** Flattened in the Query protocol under this name (`AttributeName.1`); undefined: `Names.member.1`. */
  readonly queryName?: string;
  /** The member's name in a Query answer in JSON, where AWS has another one: `messages`. */
  readonly queryJsonName?: string;
}

/** Values of one shape by name. */
interface MapShape {
  readonly map: Shape;
  /** Flattened in the Query protocol under this name; undefined: `Attributes.entry.1`. */
  readonly queryName?: string;
  /** Element names of key and value in the Query protocol, `['Name', 'Value']` for example. */
  readonly entry: readonly [key: string, value: string];
}

/** A JSON object. Members beyond those declared are left alone, and null counts as absent. */
export interface StructureShape {
  readonly members: Readonly<Record<string, Shape>>;
}

/** What an operation needs permission for: `sqs:SendMessage` on the queue's ARN, for example. */
export interface Permission {
  readonly action: string;
  readonly resource: string;
  /** Values of condition keys that the service itself sends along, by their names in lower case: `ses:recipients`. */
  readonly context?: RequestContext;
}

/** Condition keys in lower case and their values, several for a key that can have several. */
export type RequestContext = Readonly<Record<string, string | readonly string[]>>;

/** One API operation: takes the parsed input, answers the output document, throws `AwsError`. */
export interface Operation {
  /** Undefined: every JSON object is taken. The names of Query parameters alone tell objects, lists and strings. */
  readonly input?: StructureShape;
  /** Needed for Query answers with flattened lists only. Undefined: lists become `<member>` elements. */
  readonly output?: StructureShape;
  /** Defaults to none: an operation without one is allowed to everybody. Asked before `run`. */
  readonly permissions?: (input: JsonObject) => readonly Permission[];
  run(input: JsonObject, context: CallContext): JsonObject | Promise<JsonObject>;
}

/**
 * An operation that another server answers, which gets the JSON request as it came and whose response goes back as it
 * is: nothing is written twice. The input is parsed for the permissions only.
 */
export interface ForwardedOperation {
  readonly permissions: (input: JsonObject) => readonly Permission[];
  /** Called when the permissions are there. Throws `AwsError` for what the other server must not see. */
  forward(body: Buffer, input: JsonObject, context: CallContext): Promise<ForwardedAnswer>;
}

/** An HTTP response that goes back unchanged. */
export interface ForwardedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A service behind the endpoint: its operations by name, for the RPC protocols (JSON 1.0/1.1 and Query). */
export interface RpcService {
  /** As in the credential scope of a signature: `sqs`, `logs`, `cloudformation`, `sts`. */
  readonly signingName: string;
  /** Prefix of `X-Amz-Target` (`AmazonSQS`, `Logs_20140328`); undefined for Query-only services. */
  readonly targetPrefix?: string;
  /** XML namespace of Query responses. */
  readonly xmlNamespace?: string;
  /** Written before a JSON error's code, as in `com.amazonaws.sqs#QueueDoesNotExist`; undefined: the bare code. */
  readonly errorNamespace?: string;
  /** The service has Smithy's `awsQueryCompatible` trait: JSON errors also carry the Query code in a header. */
  readonly queryCompatible?: boolean;
  /** `operations` has every operation of AWS, so that any other name is unknown and not merely missing here. */
  readonly complete?: boolean;
  /** Query errors have an empty `<Detail/>`, as those of SQS (recorded by LocalStack). */
  readonly queryErrorDetail?: boolean;
  /** Operations that Query requests reach at `/` and with a `Version` only: CreateQueue is no action of a queue. */
  readonly onlyAtRoot?: readonly string[];
  /** Input that a Query request's path carries: SQS's queue URL. */
  readonly inputFromPath?: (path: string) => JsonObject | undefined;
  readonly operations: Readonly<Record<string, Operation>>;
  /** Operations of the JSON protocols beside `operations`. */
  readonly forwarded?: Readonly<Record<string, ForwardedOperation>>;
}

/** Decides whether a caller may; throws the service's access-denied `AwsError` when not. */
export type Authorize = (caller: Caller, permission: Permission) => void;

/** A request to a route of a REST-JSON service, its path taken apart. */
export interface RestRequest {
  readonly method: string;
  /** The path's `{Name}` segments, percent-decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** An object `body` is sent as JSON, a string as it is; the endpoint adds content type and request id. */
export interface RestResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | JsonObject;
}

/** One operation of a REST-JSON service (Lambda). */
export interface RestRoute {
  /** The operation's name in the API reference: `Invoke`. */
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/2015-03-31/functions/{FunctionName}/invocations`, without a query. */
  readonly path: string;
  readonly permissions?: (request: RestRequest) => readonly Permission[];
  run(request: RestRequest, context: CallContext): RestResponse | Promise<RestResponse>;
}

/** A service behind the endpoint that is told apart by method and path, not by a header: Lambda. */
export interface RestService {
  /** As in the credential scope of a signature: `lambda`. */
  readonly signingName: string;
  readonly routes: readonly RestRoute[];
}

/**
 * An error as an AWS API answers it: the router renders it in the caller's protocol. `code` is what SDKs see as
 * `error.name`. Where the Query protocol's code differs from the JSON protocol's (SQS: `QueueDoesNotExist` against
 * `AWS.SimpleQueueService.NonExistentQueue`), `queryCode` carries it (the `x-amzn-query-error` header).
 */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly httpStatus: number;
  readonly queryCode: string;
  /** The text in the Query protocol: SQS has longer ones there for some errors. */
  readonly queryMessage: string;
  /** Extra members of the error document, such as Lambda's `Type` or `Reason`. */
  readonly members: Readonly<Record<string, string>>;

  constructor(
    code: string,
    message: string,
    options: {
      httpStatus?: number;
      queryCode?: string;
      queryMessage?: string;
      members?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(message);
    this.code = code;
    this.httpStatus = options.httpStatus ?? 400;
    this.queryCode = options.queryCode ?? code;
    this.queryMessage = options.queryMessage ?? message;
    this.members = options.members ?? {};
  }
}

/** What a client is told of a defect: nothing. The console says what it was. */
export function internalFailure(): AwsError {
  return new AwsError('InternalFailure', 'The local endpoint failed on this request; its log says why.', {
    httpStatus: 500,
  });
}

/** What goes back over HTTP. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** How one wire protocol answers: the router picks one for a request and never looks inside. */
export interface Protocol {
  success(output: JsonObject, requestId: string): HttpAnswer;
  failure(error: AwsError, requestId: string): HttpAnswer;
}

/** `Sender` when the client is at fault, `Receiver` when the service is. */
export function faultOf(error: AwsError): 'Sender' | 'Receiver' {
  return error.httpStatus < 500 ? 'Sender' : 'Receiver';
}
