import type { PolicyDocument } from '../iam/model.ts';
import { busExists, invalid, limitExceeded, noBus, noRule } from './eventbridge-errors.ts';
import {
  defaultBusName,
  type EventBridgeModel,
  type EventBusModel,
  type RuleModel,
  type RuleSettings,
} from './model.ts';
import { Rule } from './rule.ts';

/** An event bus, as it is at this moment. */
export interface EventBus {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  /** Undefined: nobody of another account may do anything, as for a new bus. */
  readonly policy?: PolicyDocument;
  readonly createdAtMs: number;
  readonly rules: Map<string, Rule>;
}

interface RegistryOptions {
  readonly region: string;
  readonly accountId: string;
  readonly now: () => number;
}

/** Quota "Rules per event bus". */
const mostRules = 300;
/** Quota "Event buses per account". */
const mostBuses = 100;

/** All buses and rules of the account and region: those of the template and those that clients create. */
export class BusRegistry {
  readonly #options: RegistryOptions;
  readonly #buses = new Map<string, EventBus>();
  /** The template's parts as last applied, by ARN. */
  #busModels = new Map<string, EventBusModel>();
  #ruleModels = new Map<string, RuleModel>();

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#addBus(defaultBusName, {});
  }

  /** By name, in the order of the alphabet. */
  all(): EventBus[] {
    return [...this.#buses.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(name: string): EventBus | undefined {
    return this.#buses.get(name);
  }

  /** Throws `ResourceNotFoundException`. */
  require(name: string): EventBus {
    const bus = this.#buses.get(name);
    if (bus === undefined) throw noBus(name);
    return bus;
  }

  /** Throws `ResourceNotFoundException`. */
  requireRule(busName: string, name: string): Rule {
    const rule = this.require(busName).rules.get(name);
    if (rule === undefined) throw noRule(name, busName);
    return rule;
  }

  /** All rules of all buses. */
  rules(): Rule[] {
    return this.all().flatMap(({ rules }) => [...rules.values()]);
  }

  busArn(name: string): string {
    return `arn:aws:events:${this.#options.region}:${this.#options.accountId}:event-bus/${name}`;
  }

  /** The bus stands in the ARN of a rule, unless it is the default one. */
  ruleArn(busName: string, name: string): string {
    const path = busName === defaultBusName ? name : `${busName}/${name}`;
    return `arn:aws:events:${this.#options.region}:${this.#options.accountId}:rule/${path}`;
  }

  /** Throws `ResourceAlreadyExistsException` and `LimitExceededException`. */
  create(name: string, about: { readonly description?: string } = {}): EventBus {
    if (this.#buses.has(name)) throw busExists(name);
    if (this.#buses.size >= mostBuses) throw limitExceeded();
    return this.#addBus(name, about);
  }

  /** A bus that is not there is as good as deleted. */
  delete(name: string): void {
    if (name === defaultBusName) throw invalid('Cannot delete event bus default.');
    const bus = this.#buses.get(name);
    if (bus !== undefined && bus.rules.size > 0) throw invalid("Event bus can't be deleted since it has rules.");
    this.#buses.delete(name);
  }

  /** Makes the rule, or changes its settings; its targets stay. */
  putRule(busName: string, name: string, settings: RuleSettings): Rule {
    const bus = this.require(busName);
    const known = bus.rules.get(name);
    if (known !== undefined) {
      known.settings = settings;
      return known;
    }
    if (bus.rules.size >= mostRules) throw limitExceeded();
    const rule = new Rule({ name, busName, arn: this.ruleArn(busName, name) }, settings);
    bus.rules.set(name, rule);
    return rule;
  }

  /**
   * Applies the template: new buses and rules appear, removed ones go, changed ones change. What clients created or set
   * stays, unless the template changed the same part since it was last applied.
   */
  applyTemplate({ eventBuses, eventRules }: EventBridgeModel): void {
    const nextBuses = new Map(eventBuses.map((model) => [model.arn, model]));
    const nextRules = new Map(eventRules.map((model) => [model.arn, model]));
    for (const [arn, { busName, name }] of this.#ruleModels) {
      if (!nextRules.has(arn)) this.#buses.get(busName)?.rules.delete(name);
    }
    for (const [arn, { name }] of this.#busModels) if (!nextBuses.has(arn)) this.#removeBus(name);
    for (const model of eventBuses) this.#applyBus(model);
    for (const model of eventRules) {
      if (isSame(model, this.#ruleModels.get(model.arn)) && this.#buses.get(model.busName)?.rules.has(model.name))
        continue;
      // A rule may name a bus that no stack has and that nobody has made yet: it waits there.
      const bus = this.#buses.get(model.busName) ?? this.#addBus(model.busName, {});
      bus.rules.set(model.name, new Rule(model, model, model.targets));
    }
    this.#busModels = nextBuses;
    this.#ruleModels = nextRules;
  }

  #applyBus(model: EventBusModel): void {
    const { name, description } = model;
    const former = this.#buses.get(name);
    if (former !== undefined && isSame(model, this.#busModels.get(model.arn))) return;
    const policy = policyOf(model);
    const { arn, createdAtMs, rules } = former ?? this.#addBus(name, {});
    this.#buses.set(name, {
      name,
      arn,
      createdAtMs,
      rules,
      ...(description !== undefined && { description }),
      ...(policy !== undefined && { policy }),
    });
  }

  #removeBus(name: string): void {
    if (name !== defaultBusName) this.#buses.delete(name);
  }

  #addBus(name: string, about: { readonly description?: string }): EventBus {
    const bus = {
      name,
      arn: this.busArn(name),
      createdAtMs: this.#options.now(),
      rules: new Map<string, Rule>(),
      ...about,
    };
    this.#buses.set(name, bus);
    return bus;
  }
}

/** The policies of a template's bus count as one, as they do once deployed. */
function policyOf({ policies }: EventBusModel): PolicyDocument | undefined {
  const [first] = policies;
  return first && { ...first, Statement: policies.flatMap(({ Statement }) => Statement) };
}

function isSame(model: object, former: object | undefined): boolean {
  return JSON.stringify(model) === JSON.stringify(former);
}
