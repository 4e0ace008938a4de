import type { Place } from '../errors.ts';
import { assemblyError } from './error-codes.ts';
import { isJsonObject, shown } from './json.ts';

type Resolve = (value: unknown, place: Place) => unknown;

/** The section Conditions of one template, evaluated when asked and remembered. */
export class Conditions {
  readonly #declarations: Readonly<Record<string, unknown>>;
  readonly #stack: string;
  readonly #resolve: Resolve;
  /** Undefined while a condition is being evaluated: meeting it again then is a circle. */
  readonly #results = new Map<string, boolean | undefined>();

  /** `resolve` is for the operands of `Fn::Equals`: parameters, mappings and pseudo parameters. */
  constructor(declarations: Readonly<Record<string, unknown>>, stack: string, resolve: Resolve) {
    this.#declarations = declarations;
    this.#stack = stack;
    this.#resolve = resolve;
  }

  holds(name: string, askedAt: Place): boolean {
    const known = this.#results.get(name);
    if (known !== undefined) return known;
    const place = { stack: this.#stack, logicalId: name };
    if (!Object.hasOwn(this.#declarations, name)) {
      throw assemblyError(
        'REFERENCE_MISSING',
        `There is no condition ${name}.`,
        `Declare the condition ${name}.`,
        askedAt,
      );
    }
    if (this.#results.has(name)) {
      throw assemblyError('CIRCULAR_DEPENDENCY', 'The condition depends on itself.', 'Break the circle.', place);
    }
    this.#results.set(name, undefined);
    const result = this.#evaluate(this.#declarations[name], place);
    this.#results.set(name, result);
    return result;
  }

  #evaluate(expression: unknown, place: Place): boolean {
    const [entry, ...others] = Object.entries(isJsonObject(expression) ? expression : {});
    if (entry === undefined || others.length > 0) throw malformed(expression, place);
    const [operator, argument] = entry;
    if (operator === 'Condition' && typeof argument === 'string') return this.holds(argument, place);
    const operands: readonly unknown[] = Array.isArray(argument) ? argument : [];
    switch (operator) {
      case 'Fn::Equals': {
        const [left, right] = operands.map((operand) => shown(this.#resolve(operand, place)));
        if (operands.length !== 2) throw malformed(expression, place);
        return left === right;
      }
      case 'Fn::And':
        return operands.every((operand) => this.#evaluate(operand, place));
      case 'Fn::Or':
        return operands.some((operand) => this.#evaluate(operand, place));
      case 'Fn::Not':
        return !this.#evaluate(operands[0], place);
      default:
        throw malformed(expression, place);
    }
  }
}

function malformed(expression: unknown, place: Place): Error {
  return assemblyError(
    'INTRINSIC_MALFORMED',
    `${shown(expression)} is not a condition.`,
    'Build it from Fn::Equals, Fn::And, Fn::Or, Fn::Not and Condition.',
    place,
  );
}
