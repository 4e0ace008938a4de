import type { Place } from '../errors.ts';
import type { StackEnvironment } from './environment.ts';
import { assemblyError, refusedByAws } from './error-codes.ts';
import type { GivenValues } from './given-values.ts';
import type { Scope } from './intrinsics.ts';
import type { StackModel } from './model.ts';
import type { ParameterValue } from './parameters.ts';
import type { Identity } from './resource-type.ts';
import type { Template } from './template.ts';

/** What the intrinsic functions of a stack see: its parameters, mappings and resources, and earlier stacks' exports. */
export class StackScope implements Scope {
  readonly environment: StackEnvironment;
  readonly #template: Template;
  readonly #parameters: ReadonlyMap<string, ParameterValue>;
  readonly #earlier: EarlierStacks;
  readonly #given: GivenValues;
  readonly #holds: (condition: string, place: Place) => boolean;
  readonly #identify: (logicalId: string) => Identity;
  readonly #identities = new Map<string, Identity>();

  constructor(options: {
    environment: StackEnvironment;
    template: Template;
    parameters: ReadonlyMap<string, ParameterValue>;
    earlier: EarlierStacks;
    given: GivenValues;
    holds: (condition: string, place: Place) => boolean;
    /** The ids of a resource that exists. Throws for one that cannot run here. */
    identify: (logicalId: string) => Identity;
  }) {
    this.environment = options.environment;
    this.#template = options.template;
    this.#parameters = options.parameters;
    this.#earlier = options.earlier;
    this.#given = options.given;
    this.#holds = options.holds;
    this.#identify = options.identify;
  }

  ref(name: string, place: Place): unknown {
    return this.#parameters.get(name) ?? this.identity(name, place).physicalId;
  }

  attribute(logicalId: string, attribute: string, place: Place): string {
    const identity = this.identity(logicalId, place);
    const value = identity.attributes[attribute] ?? identity.attributeOf?.(attribute);
    if (value !== undefined) return value;
    throw assemblyError(
      'ATTRIBUTE_UNKNOWN',
      `The runtime has no value for ${logicalId}.${attribute} (${this.#template.resources[logicalId]?.type}).`,
      `Leave the reference out when the stack is synthesized for local use, or leave ${logicalId} out with --skip: then the value is made up.`,
      place,
    );
  }

  condition(name: string, place: Place): boolean {
    return this.#holds(name, place);
  }

  importValue(exportName: string, place: Place): string {
    const value = this.#earlier.exported(exportName) ?? this.#given.exported(exportName);
    if (value !== undefined) return value;
    throw refusedByAws(
      'ValidationError',
      `No export named ${exportName} found`,
      `Let the app contain the stack that exports it, and this stack depend on that one (addDependency), or give the value with --export ${exportName}=VALUE.`,
      place,
    );
  }

  accountValue(reference: string): string | undefined {
    const name = /^ssm(?:-secure)?:([^:]+)/u.exec(reference)?.[1];
    if (name === undefined) return this.#given.parameter(reference);
    return this.#given.parameter(name) ?? this.#earlier.ssmParameter(name);
  }

  localText(text: string): string {
    return this.#earlier.withLocalAddresses(text);
  }

  stackOutput(stackName: string, outputName: string, place: Place): string {
    const value = this.#earlier.output(stackName, outputName);
    if (value !== undefined) return value;
    throw assemblyError(
      'REFERENCE_MISSING',
      `No stack read before this one is named ${stackName} and has an output ${outputName}.`,
      'Let the app contain that stack, and this one depend on it (addDependency).',
      place,
    );
  }

  lookUp(mapName: string, topLevelKey: string, secondLevelKey: string): unknown {
    const map = this.#template.mappings[mapName]?.[topLevelKey] as Readonly<Record<string, unknown>> | undefined;
    return map?.[secondLevelKey];
  }

  /** The ids of a resource that exists. Resources are asked for in creation order, so this never runs in a circle. */
  identity(logicalId: string, place: Place): Identity {
    const known = this.#identities.get(logicalId);
    if (known !== undefined) return known;
    const resource = this.#template.resources[logicalId];
    const absent = resource?.condition !== undefined && !this.#holds(resource.condition, place);
    if (resource === undefined || absent) {
      throw refusedByAws(
        'ValidationError',
        `Template format error: Unresolved resource dependencies [${logicalId}] in the Resources block of the template`,
        absent ? `Put the reference under the condition ${resource.condition} too.` : `Declare ${logicalId}.`,
        place,
      );
    }
    const identity = this.#identify(logicalId);
    this.#identities.set(logicalId, identity);
    this.#earlier.addAddresses(identity.addresses ?? {});
    return identity;
  }
}

/** The stacks read so far, for references across stacks: what a deployment in this order would find in the account. */
export class EarlierStacks {
  readonly #outputs = new Map<string, string>();
  readonly #exports = new Map<string, string>();
  readonly #ssmParameters = new Map<string, string>();
  readonly #addresses = new Map<string, string>();

  add({ name, outputs }: StackModel): void {
    for (const { key, value, exportName } of outputs) {
      this.#outputs.set(`${name} ${key}`, value);
      if (exportName !== undefined) this.#exports.set(exportName, value);
    }
  }

  /** Takes down which addresses here stand for those that a resource has on AWS. */
  addAddresses(addresses: Readonly<Record<string, string>>): void {
    for (const [onAws, here] of Object.entries(addresses)) this.#addresses.set(onAws, here);
  }

  /** The text with the addresses that lead here. */
  withLocalAddresses(text: string): string {
    let local = text;
    for (const [onAws, here] of this.#addresses) local = local.replaceAll(onAws, here);
    return local;
  }

  /** Takes down a parameter of Systems Manager that a stack makes. */
  addSsmParameter(name: string, value: string): void {
    this.#ssmParameters.set(name, value);
  }

  /** The value of a parameter of Systems Manager that a stack makes. */
  ssmParameter(name: string): string | undefined {
    return this.#ssmParameters.get(name);
  }

  /** The value of an export, for `Fn::ImportValue`. */
  exported(exportName: string): string | undefined {
    return this.#exports.get(exportName);
  }

  /** The value of an output, for `Fn::GetStackOutput`. */
  output(stackName: string, outputName: string): string | undefined {
    return this.#outputs.get(`${stackName} ${outputName}`);
  }
}
