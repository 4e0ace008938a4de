import { AwsError } from './aws-error.ts';
import type { JsonObject } from './service.ts';

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
