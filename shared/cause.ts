import { createHash } from 'node:crypto';

/**
 * Fingerprint of why an order failed, 12 hex digits: the same for the same kind and the same fields at fault, whatever
 * their values, their order, and which elements of an array they are.
 */
export function causeOf(kind: string, reasons: readonly string[]): string {
  const faults = new Set(reasons.filter((reason) => !countsTheRest.test(reason)).map(anyElement));
  return createHash('sha256')
    .update(JSON.stringify([kind, [...faults].toSorted()]))
    .digest('hex')
    .slice(0, 12);
}

/** The last of too many reasons (reasons.ts): how many more there were is no part of the cause. */
const countsTheRest = /^and (at least )?\d+ more$/;

/** `/items/3 must be a string` → `/items/* must be a string` */
export function anyElement(reason: string): string {
  return reason.replaceAll(/\/\d+(?=[/ ]|$)/g, '/*');
}
