import type { LocalRuntimeError, Place } from '../errors.ts';
import { assemblyError } from './error-codes.ts';
import { inside } from './intrinsics.ts';
import { isJsonObject, type JsonObject, shown } from './json.ts';

/**
 * Reads the properties of a resource with their types checked. Values are resolved when they are read, so a property
 * with no local meaning may refer to anything. Like CloudFormation it takes "30" for 30 and "true" for true.
 */
export class Properties {
  readonly #values: JsonObject;
  readonly #place: Place;
  readonly #resolve: (value: unknown, place: Place) => unknown;

  constructor(values: JsonObject, place: Place, resolve: (value: unknown, place: Place) => unknown) {
    this.#values = values;
    this.#place = place;
    this.#resolve = resolve;
  }

  names(): string[] {
    return Object.keys(this.#values);
  }

  /** The place that an error about one of the properties names. */
  placeOf(name: string): Place {
    return inside(this.#place, name);
  }

  value(name: string): unknown {
    return this.#resolve(this.#values[name], this.placeOf(name));
  }

  text(name: string): string | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw this.invalid(name, value, 'text');
  }

  requiredText(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === '') throw this.invalid(name, value, 'text');
    return value;
  }

  /** A whole number between two limits, both included. */
  integer(name: string, minimum: number, maximum: number): number | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= minimum && number <= maximum) return number;
    throw this.invalid(name, value, `a whole number from ${minimum} to ${maximum}`);
  }

  boolean(name: string): boolean | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    throw this.invalid(name, value, 'true or false');
  }

  choice<const T extends string>(name: string, choices: readonly T[]): T | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const chosen = choices.find((choice) => choice === value);
    if (chosen !== undefined) return chosen;
    throw this.invalid(name, value, `one of ${choices.join(', ')}`);
  }

  list(name: string): readonly unknown[] {
    const value = this.value(name) ?? [];
    if (Array.isArray(value)) return value;
    throw this.invalid(name, value, 'a list');
  }

  texts(name: string): string[] {
    return this.list(name).map((entry) => {
      if (typeof entry === 'string') return entry;
      throw this.invalid(name, entry, 'a list of text');
    });
  }

  /** An object, or JSON text of one, which CloudFormation takes for the properties it calls Json. */
  json(name: string): JsonObject | undefined {
    const value = this.value(name);
    if (value === undefined || isJsonObject(value)) return value;
    const parsed = typeof value === 'string' ? parse(value) : undefined;
    if (isJsonObject(parsed)) return parsed;
    throw this.invalid(name, value, 'an object');
  }

  /** A nested object that may have the `known` properties and no others. */
  object(name: string, known: readonly string[]): Properties | undefined {
    const value = this.json(name);
    if (value === undefined) return undefined;
    const nested = new Properties(value, this.placeOf(name), (inner) => inner);
    nested.refuseUnknown(known);
    return nested;
  }

  /** A list of objects that may have the `known` properties and no others. */
  objects(name: string, known: readonly string[]): Properties[] {
    return this.list(name).map((entry, index) => {
      if (!isJsonObject(entry)) throw this.invalid(name, entry, 'a list of objects');
      const nested = new Properties(entry, inside(this.placeOf(name), String(index)), (inner) => inner);
      nested.refuseUnknown(known);
      return nested;
    });
  }

  refuseUnknown(known: readonly string[]): void {
    const unknown = this.names().find((name) => !known.includes(name));
    if (unknown === undefined) return;
    throw assemblyError(
      'PROPERTY_UNKNOWN',
      `The runtime knows no property ${unknown} here, so it cannot tell what it would change.`,
      `Remove it, or correct its name (known are ${known.join(', ')}).`,
      this.placeOf(unknown),
    );
  }

  invalid(name: string, value: unknown, expected: string): LocalRuntimeError {
    return assemblyError(
      'PROPERTY_INVALID',
      `${name} is ${shown(value)}.`,
      `Set ${name} to ${expected}.`,
      this.placeOf(name),
    );
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
