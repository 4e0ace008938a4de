import { AwsError } from '../../endpoint/api.ts';
import type { FunctionModel } from './model.ts';

/**
 * Counts invocations under way and refuses those beyond the limits: a function's reserved concurrency, which is its
 * alone, or what the account has left over for all functions without one (Lambda Developer Guide, "Understanding Lambda
 * function scaling").
 */
export class ConcurrencyLedger {
  readonly #accountConcurrency: number;
  readonly #running = new Map<string, number>();

  constructor(accountConcurrency: number) {
    this.#accountConcurrency = accountConcurrency;
  }

  /** Returns the function that gives the place back. Throws `TooManyRequestsException`. */
  enter(fn: FunctionModel, functions: readonly FunctionModel[]): () => void {
    const running = this.#running.get(fn.name) ?? 0;
    if (fn.reservedConcurrency !== undefined) {
      if (running >= fn.reservedConcurrency) throw throttled('ReservedFunctionConcurrentInvocationLimitExceeded');
    } else if (this.#unreservedRunning(functions) >= this.#unreservedLimit(functions)) {
      throw throttled('ConcurrentInvocationLimitExceeded');
    }
    this.#running.set(fn.name, running + 1);
    return () => this.#running.set(fn.name, (this.#running.get(fn.name) ?? 1) - 1);
  }

  #unreservedLimit(functions: readonly FunctionModel[]): number {
    return functions.reduce((left, fn) => left - (fn.reservedConcurrency ?? 0), this.#accountConcurrency);
  }

  #unreservedRunning(functions: readonly FunctionModel[]): number {
    return functions
      .filter((fn) => fn.reservedConcurrency === undefined)
      .reduce((sum, fn) => sum + (this.#running.get(fn.name) ?? 0), 0);
  }
}

/** Members as recorded against AWS by LocalStack (test_reserved_concurrency). */
function throttled(reason: string): AwsError {
  return new AwsError('TooManyRequestsException', 'Rate Exceeded.', {
    httpStatus: 429,
    members: { Reason: reason, Type: 'User' },
  });
}
