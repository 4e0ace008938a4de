import type { ErrorObject } from 'ajv';

/** More reasons than a person reads; the rest is counted. */
const maximumReasons = 20;

/**
 * Where the validator stops collecting errors. Half a million wrong items fit into one message, and an error for each
 * of them would exhaust a function's memory, which fails the good orders beside it as well.
 */
export const maximumErrors = 1_000;

/**
 * Turns ajv's errors into field-level reasons such as `/customerAddress is required`: a JSON pointer and what is
 * wrong there. The offending values are left out, they are personal data. At most 20 reasons, then `and N more`.
 */
export function reasonsFrom(errors: readonly ErrorObject[]): readonly string[] {
  const reasons = errors.slice(0, maximumReasons).map(reasonFrom);
  if (errors.length <= maximumReasons) return reasons;
  return [...reasons, `and ${errors.length >= maximumErrors ? 'at least ' : ''}${errors.length - maximumReasons} more`];
}

function reasonFrom(error: ErrorObject): string {
  const place = error.instancePath === '' ? 'the order' : error.instancePath;
  const parameters = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'required':
      return `${error.instancePath}/${String(parameters['missingProperty'])} is required`;
    case 'type':
      return `${place} must be ${withArticle(String(parameters['type']))}`;
    case 'minLength':
      return parameters['limit'] === 1 ? `${place} must not be empty` : `${place} ${error.message ?? 'is too short'}`;
    case 'pattern':
      return `${place} must match ${String(parameters['pattern'])}`;
    default:
      return `${place} ${error.message ?? `breaks the rule "${error.keyword}"`}`;
  }
}

function withArticle(noun: string): string {
  return /^[aeio]/.test(noun) ? `an ${noun}` : `a ${noun}`;
}
