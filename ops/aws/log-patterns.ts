import { logMessages } from '../../shared/log-messages.ts';

/** A filter pattern holds at most 1,024 characters (CloudWatch Logs API reference); the terms of an id up to 180. */
const idsPerPattern = 5;

/** Patterns that together find every line about an order: by its id, or by the ids of the messages that brought it. */
export function orderPatterns(ids: Iterable<string>): string[] {
  const terms = [...new Set(ids)].map((id) => {
    const quoted = JSON.stringify(id);
    return `($.message.orderId = ${quoted}) || ($.message.messageId = ${quoted})`;
  });
  return Array.from({ length: Math.ceil(terms.length / idsPerPattern) }, (_, index) => {
    const some = terms.slice(index * idsPerPattern, (index + 1) * idsPerPattern);
    return `{ ${some.join(' || ')} }`;
  });
}

/**
 * Errors of the functions themselves: what they logged as an error beside failed orders, which are their work, and
 * invocations that ended by a crash or a timeout.
 */
export const functionErrorPattern =
  `{ (($.level = "ERROR" || $.level = "FATAL") && ` +
  `($.message.message NOT EXISTS || $.message.message != "${logMessages.failedOrder}")) || ` +
  `($.type = "platform.report" && $.record.status != "success") }`;
