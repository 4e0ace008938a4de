import type { StackModel } from '../model.ts';

/** The stacks read so far, for references across stacks: what a deployment in this order would find in the account. */
export class EarlierStacks {
  readonly #outputs = new Map<string, string>();
  readonly #exports = new Map<string, string>();

  add({ name, outputs }: StackModel): void {
    for (const { key, value, exportName } of outputs) {
      this.#outputs.set(`${name} ${key}`, value);
      if (exportName !== undefined) this.#exports.set(exportName, value);
    }
  }

  /** For `Fn::ImportValue`. */
  exported(exportName: string): string | undefined {
    return this.#exports.get(exportName);
  }

  /** For `Fn::GetStackOutput`. */
  output(stackName: string, outputName: string): string | undefined {
    return this.#outputs.get(`${stackName} ${outputName}`);
  }
}
