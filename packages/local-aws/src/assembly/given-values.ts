/** What a person says that the AWS account has: each value by its name. */
export interface AccountValues {
  /**
   * Values of template parameters, by `NAME` or `STACK:NAME`; of parameters of Systems Manager, by their names; of other
   * dynamic references, by what stands between `{{resolve:` and `}}`.
   */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Values of exports of stacks that are not in the app. */
  readonly exports?: Readonly<Record<string, string>>;
}

/** The given values, and which of them nobody has asked for. */
export class GivenValues {
  readonly #parameters: ReadonlyMap<string, string>;
  readonly #exports: ReadonlyMap<string, string>;
  readonly #used = new Set<string>();

  constructor({ parameters = {}, exports = {} }: AccountValues) {
    this.#parameters = new Map(Object.entries(parameters));
    this.#exports = new Map(Object.entries(exports));
  }

  /** For one stack before for all stacks. */
  templateParameter(stack: string, name: string): string | undefined {
    const forStack = this.parameter(`${stack}:${name}`);
    const forAll = this.parameter(name);
    return forStack ?? forAll;
  }

  parameter(name: string): string | undefined {
    this.#used.add(name);
    return this.#parameters.get(name);
  }

  exported(name: string): string | undefined {
    this.#used.add(name);
    return this.#exports.get(name);
  }

  /** Names of the given values that no stack has asked for. */
  get unusedNames(): readonly string[] {
    return [...this.#parameters.keys(), ...this.#exports.keys()].filter((name) => !this.#used.has(name));
  }
}
