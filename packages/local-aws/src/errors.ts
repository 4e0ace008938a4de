/** Where in a cloud assembly something stands. */
export interface Place {
  /** Stack name. */
  readonly stack?: string;
  /** Logical id of the resource in its template. */
  readonly logicalId?: string;
  /** Path of the property, `/Properties/ScalingConfig/MaximumConcurrency` for example. */
  readonly property?: string;
}

/**
 * What the runtime cannot or must not run, said to the person who can mend it. `code` is stable and documented in
 * docs/fidelity.md; `remedy` is a sentence that starts with a verb.
 */
export class LocalRuntimeError extends Error {
  override readonly name = 'LocalRuntimeError';
  readonly code: string;
  /** What is wrong, in sentences. The message has code, place, reason and remedy. */
  readonly reason: string;
  readonly remedy: string;
  readonly place: Place;

  constructor(code: string, reason: string, remedy: string, place: Place = {}) {
    const where = [place.stack, place.logicalId, place.property].filter((part) => part !== undefined).join(' ');
    super(`${code}${where === '' ? '' : ` at ${where}`}: ${reason} ${remedy}`);
    this.code = code;
    this.reason = reason;
    this.remedy = remedy;
    this.place = place;
  }
}
