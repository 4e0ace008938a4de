/** What the caller of a function gets. A throttled invocation has none: it throws the `AwsError`. */
export interface InvokeResult {
  readonly requestId: string;
  /** First 8 hex digits of the environment's id. */
  readonly executionEnvironmentId: string;
  /** JSON text: the handler's result, or `{ errorType, errorMessage, trace? }`. */
  readonly payload: string;
  /** Present when the handler threw or its process failed. */
  readonly functionError?: 'Unhandled';
  readonly errorType?: string;
  /** The last 4 KB of the invocation's log; empty unless asked for. */
  readonly logTail: string;
  readonly durationMs: number;
  readonly outcome: 'success' | 'error' | 'timeout' | 'crash';
}

/** What an invocation may bring along beside its payload. */
export interface InvokeOptions {
  /** A UUID; made when missing. Lambda keeps it over the retries of an asynchronous invocation. */
  readonly requestId?: string;
  /** The ARN as the caller wrote it, with its qualifier. */
  readonly invokedFunctionArn?: string;
  /** JSON text. */
  readonly clientContext?: string;
  /** `X-Amzn-Trace-Id`; made, unsampled, when missing. */
  readonly traceHeader?: string;
  readonly logType?: 'None' | 'Tail';
}
