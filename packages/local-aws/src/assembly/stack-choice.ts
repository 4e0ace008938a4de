import { referencesIn } from './creation-order.ts';
import { meaningOfLeavingOut } from './declare-resource.ts';
import type { JsonObject } from './json.ts';
import type { LeftOut } from './left-out.ts';
import { skippedTypes } from './not-run.ts';
import type { ResourceTypes } from './resource-type.ts';
import type { Template, TemplateResource } from './template.ts';

/** What of one stack is left out by choice, decided resource by resource in the order of their creation. */
export class StackChoice {
  readonly #stack: string;
  readonly #template: Template;
  readonly #leftOut: LeftOut;
  readonly #types: ResourceTypes;
  readonly #holds: (condition: string) => boolean;
  readonly #gone = new Set<string>();
  readonly #kept = new Map<string, JsonObject>();

  constructor(
    stack: string,
    template: Template,
    { leftOut, types }: { leftOut: LeftOut; types: ResourceTypes },
    holds: (condition: string) => boolean,
  ) {
    this.#stack = stack;
    this.#template = template;
    this.#leftOut = leftOut;
    this.#types = types;
    this.#holds = holds;
  }

  /** Decides about a resource, after all that it refers to. */
  choose(logicalId: string): void {
    const resource = this.#template.resources[logicalId];
    if (resource === undefined) return;
    const { type, properties } = resource;
    const about = { stack: this.#stack, logicalId, type };
    const owner = this.#ownerThatIsGone(resource);
    const isChosen = this.#leftOut.hasResource(about);
    if (isChosen || owner !== undefined) {
      const meaning =
        isChosen || type.startsWith('Custom::')
          ? meaningOfLeavingOut(type, undefined, this.#types)
          : `It belongs to ${owner}.`;
      const name = this.#isServed(type) ? logicalId : type;
      this.#gone.add(logicalId);
      this.#leftOut.add({ ...about, name, meaning });
      return;
    }
    const names = Object.keys(properties).filter(
      (name) => this.#leftOut.hasProperty(about, name) || this.#namesOnlyWhatIsGone(resource, name),
    );
    for (const property of names) {
      const meaning = meaningOfLeavingOut(type, property, this.#types);
      this.#leftOut.add({ ...about, name: `${logicalId}.${property}`, property, meaning });
    }
    if (names.length === 0) return;
    const kept = Object.entries(properties).filter(([name]) => !names.includes(name));
    this.#kept.set(logicalId, Object.fromEntries(kept));
  }

  isLeftOut(logicalId: string): boolean {
    return this.#gone.has(logicalId);
  }

  /** Whether some of the properties are left out. */
  lacksProperties(logicalId: string): boolean {
    return this.#kept.has(logicalId);
  }

  /** The properties but for those that are left out, as the template has them. */
  propertiesOf(logicalId: string): JsonObject {
    return this.#kept.get(logicalId) ?? this.#template.resources[logicalId]?.properties ?? {};
  }

  #isServed(type: string): boolean {
    return this.#types[type] !== undefined;
  }

  /**
   * What is left out already and takes the resource with it. A resource of a served type says what it belongs to. One of
   * another type goes with what is of the same service: the methods of an API. A custom resource goes with anything.
   */
  #ownerThatIsGone({ type, properties }: TemplateResource): string | undefined {
    const served = this.#types[type];
    if (served === undefined && skippedTypes[type] !== undefined) return undefined;
    const named = served === undefined ? [properties] : (served.belongsTo ?? []).map((name) => properties[name]);
    return referencesIn(named, this.#holds).find((other) => {
      if (!this.#gone.has(other)) return false;
      const otherType = this.#template.resources[other]?.type ?? '';
      return served !== undefined || type.startsWith('Custom::') || serviceOf(type) === serviceOf(otherType);
    });
  }

  /** A property that cannot be followed and refers to nothing but what is left out: the layers of a function. */
  #namesOnlyWhatIsGone({ type, properties }: TemplateResource, name: string): boolean {
    if (this.#types[type]?.refuses[name] === undefined) return false;
    const references = referencesIn(properties[name], this.#holds);
    return references.length > 0 && references.every((reference) => this.#gone.has(reference));
  }
}

function serviceOf(type: string): string | undefined {
  return type.split('::')[1];
}
