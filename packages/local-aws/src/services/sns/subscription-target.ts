import type { Protocol } from './model.ts';
import { invalidParameter, invalidParameterInWords, notServed } from './sns-errors.ts';

/** Protocols of SNS that nothing is delivered by here (API reference of Subscribe). */
const absent: ReadonlySet<string> = new Set(['http', 'https', 'sms', 'application', 'firehose']);

const served: ReadonlySet<string> = new Set(['sqs', 'lambda', 'email', 'email-json'] satisfies Protocol[]);

/** Whether SNS has the protocol and nothing is delivered by it here. */
export function isAbsentProtocol(protocol: string): boolean {
  return absent.has(protocol);
}

/**
 * Checks who is to be told, as Subscribe does: whether the endpoint has the form of its protocol, not whether it is there.
 * Throws `InvalidParameter` in AWS's words where they are recorded (LocalStack, TestSNSSubscriptionCrud and
 * test_validations_for_fifo).
 */
export function checkTarget(protocol: string, endpoint: string, fifoTopic: boolean): Protocol {
  if (absent.has(protocol)) {
    throw notServed(`deliveries by ${protocol}`, 'Subscribe a queue, a function or a mail address instead.');
  }
  if (!served.has(protocol)) {
    throw invalidParameter(`Amazon SNS does not support this protocol string: ${protocol}`);
  }
  const pattern = patterns[protocol as Protocol];
  if (!pattern.form.test(endpoint)) throw invalidParameter(pattern.name);
  if (protocol === 'sqs' && endpoint.endsWith('.fifo') && !fifoTopic) {
    throw invalidParameterInWords(
      'Invalid parameter: Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
    );
  }
  // SNS Developer Guide, "Amazon SNS message delivery for FIFO topics"; AWS's words are not recorded.
  if (protocol !== 'sqs' && fifoTopic) {
    throw invalidParameter('Endpoint Reason: FIFO topics deliver messages to Amazon SQS queues only');
  }
  return protocol as Protocol;
}

const mail = { form: /^[^@\s]+@[^@\s]+\.[^@\s.]+$/, name: 'Email address' };

const patterns: Readonly<Record<Protocol, { readonly form: RegExp; readonly name: string }>> = {
  sqs: { form: /^arn:[\w-]+:sqs:[\w-]+:\d{12}:[\w.-]+$/, name: 'SQS endpoint ARN' },
  lambda: { form: /^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+(?::[\w$-]+)?$/, name: 'Lambda endpoint ARN' },
  email: mail,
  'email-json': mail,
};
