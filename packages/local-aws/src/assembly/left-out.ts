/** A part of a stack: a resource, one of its properties, a parameter, or (with the property `Outputs`) an output. */
export interface StackPart {
  readonly stack: string;
  readonly logicalId: string;
  /** Of the first level: `StreamSpecification`. */
  readonly property?: string;
}

/** A part that was left out, and what that means for the app: one sentence. */
export interface LeftOutPart extends StackPart {
  /** What `--skip` calls it. */
  readonly name: string;
  readonly type: string;
  readonly meaning: string;
}

/**
 * What shall be left out of the stacks. `names` is what a person chose: a resource type (`AWS::S3::Bucket`, with `*` for
 * any characters), a logical id, or a property of either (`AWS::DynamoDB::Table.StreamSpecification`). `supposed` are
 * parts that are left out to find out what else could not run.
 */
export class LeftOut {
  readonly #names: readonly string[];
  readonly #supposed: ReadonlySet<string>;
  readonly #used = new Set<string>();
  readonly #parts: LeftOutPart[] = [];

  constructor(names: readonly string[], supposed: readonly StackPart[]) {
    this.#names = names;
    this.#supposed = new Set(supposed.map(partKey));
  }

  /** Whether the resource shall be left out. */
  hasResource({ stack, logicalId, type }: { stack: string; logicalId: string; type: string }): boolean {
    return this.isSupposed({ stack, logicalId }) || this.#isNamed((name) => isCalled(name, logicalId, type));
  }

  /** Whether the property of the first level shall be left out of the resource. */
  hasProperty(
    { stack, logicalId, type }: { stack: string; logicalId: string; type: string },
    property: string,
  ): boolean {
    if (this.isSupposed({ stack, logicalId, property })) return true;
    return this.#isNamed((name) => {
      const [owner = '', named] = name.split('.');
      return named === property && isCalled(owner, logicalId, type);
    });
  }

  isSupposed(part: StackPart): boolean {
    return this.#supposed.has(partKey(part));
  }

  /** Notes that a part was left out. */
  add(part: LeftOutPart): void {
    this.#parts.push(part);
  }

  get parts(): readonly LeftOutPart[] {
    return this.#parts;
  }

  /** Names that nothing in the stacks has. */
  get unusedNames(): readonly string[] {
    return this.#names.filter((name) => !this.#used.has(name));
  }

  #isNamed(fits: (name: string) => boolean): boolean {
    const fitting = this.#names.filter(fits);
    for (const name of fitting) this.#used.add(name);
    return fitting.length > 0;
  }
}

/** The same text for the same part. */
export function partKey({ stack, logicalId, property }: StackPart): string {
  return JSON.stringify([stack, logicalId, property]);
}

function isCalled(name: string, logicalId: string, type: string): boolean {
  return name === logicalId || fitsPattern(type, name);
}

/** Whether a name is the pattern, in which `*` stands for any characters. */
export function fitsPattern(name: string, pattern: string): boolean {
  const expression = pattern.replaceAll(/[$()+.?[\\\]^{|}]/g, String.raw`\$&`).replaceAll('*', '.*');
  return new RegExp(`^${expression}$`).test(name);
}
