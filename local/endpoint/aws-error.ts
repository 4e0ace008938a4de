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
  /** Extra members of the error document, such as Lambda's `Type` or `Reason`. */
  readonly members: Readonly<Record<string, string>>;

  constructor(
    code: string,
    message: string,
    options: { httpStatus?: number; queryCode?: string; members?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.code = code;
    this.httpStatus = options.httpStatus ?? 400;
    this.queryCode = options.queryCode ?? code;
    this.members = options.members ?? {};
  }
}

/** What a client is told of a defect: nothing. The console says what it was. */
export function internalFailure(): AwsError {
  return new AwsError('InternalFailure', 'The local endpoint failed on this request; its log says why.', {
    httpStatus: 500,
  });
}
