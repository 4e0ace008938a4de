import type { Clock } from '../../clock.ts';
import type { Operation, RpcService } from '../../endpoint/api.ts';
import type { EventStream } from '../../events.ts';
import type { RunningService, Service } from '../../service.ts';
import type { IamModel, PolicyDocument } from '../iam/model.ts';
import { readablePolicy } from '../iam/policies.ts';
import { RunningLambda } from '../lambda/service.ts';
import { SnsService } from '../sns/service.ts';
import { SqsService } from '../sqs/service.ts';
import { type BusEvent, busNameOf, scheduledEvent } from './bus-event.ts';
import { BusRegistry } from './bus-registry.ts';
import { Deliveries } from './deliveries.ts';
import type { EventBridgeModel } from './model.ts';
import type { EventBridgeContext } from './operation-input.ts';
import { createEventBus, deleteEventBus, describeEventBus, listEventBuses } from './operations/buses.ts';
import { putEvents, testEventPattern } from './operations/events.ts';
import { deleteRule, describeRule, disableRule, enableRule, listRules, putRule } from './operations/rules.ts';
import { listTargetsByRule, putTargets, removeTargets } from './operations/targets.ts';
import { eventBridgeResourceTypes, readEventBridgeModel } from './resources.ts';
import type { Rule } from './rule.ts';
import { ScheduledRules } from './scheduled-rules.ts';
import { inputFor } from './target-input.ts';
import { type Delivery, eventsPrincipal, Targets, type TargetsOptions } from './targets.ts';

interface EventBridgeOptions extends Omit<TargetsOptions, 'putOnBus' | 'isKnownRole'> {
  readonly clock: Clock;
  readonly events: EventStream;
  readonly region: string;
  /** 12 digits. */
  readonly accountId: string;
}

/** EventBridge in this process: its wire operations, its buses, and what is on its way to targets. */
export class EventBridgeService implements RunningService<EventBridgeModel & IamModel> {
  readonly rpc: RpcService;
  readonly #options: EventBridgeOptions;
  readonly #buses: BusRegistry;
  readonly #deliveries: Deliveries;
  readonly #schedules: ScheduledRules;
  #roleArns: ReadonlySet<string> = new Set();

  constructor(model: EventBridgeModel & IamModel, options: EventBridgeOptions) {
    const { clock, events, region, accountId } = options;
    this.#options = options;
    this.#buses = new BusRegistry({ region, accountId, now: () => clock.now() });
    const targets = new Targets({
      ...options,
      isKnownRole: (arn) => this.#roleArns.has(arn),
      putOnBus: (busArn, delivery) => this.#forward(busArn, delivery),
    });
    this.#deliveries = new Deliveries({ clock, events, targets });
    this.#schedules = new ScheduledRules(clock, (rule, atMs) => this.#fire(rule, atMs));
    this.update(model);
    const context: EventBridgeContext = {
      buses: this.#buses,
      region,
      accountId,
      now: () => clock.now(),
      route: (busName, put, traceHeader) => this.#route(busName, put, traceHeader),
      rulesChanged: () => this.#schedules.follow(this.#buses.rules()),
    };
    this.rpc = {
      signingName: 'events',
      targetPrefix: 'AWSEvents',
      operations: Object.fromEntries(
        Object.entries(operations).map(([name, create]): [string, Operation] => [name, create(context)]),
      ),
    };
  }

  /** The policy of a bus: null for none, undefined when there is no such bus. */
  policyOf(arn: string): PolicyDocument | null | undefined {
    const bus = arn.includes(':event-bus/') ? this.#buses.find(busNameOf(arn)) : undefined;
    return bus === undefined || bus.arn !== arn
      ? undefined
      : bus.policy === undefined
        ? null
        : readablePolicy(bus.policy);
  }

  /** Applies a changed template while running: what clients made stays. */
  update(model: EventBridgeModel & IamModel): void {
    this.#roleArns = new Set(model.roles.map(({ arn }) => arn));
    this.#buses.applyTemplate(model);
    this.#schedules.follow(this.#buses.rules());
  }

  /** Ends schedules, and what waits for another attempt. */
  close(): void {
    this.#schedules.close();
    this.#deliveries.close();
  }

  /** Events that have come onto a bus go to the targets of all rules that match. */
  #route(busName: string, put: readonly BusEvent[], traceHeader: string | undefined, cameFromBus = false): void {
    const rules = [...(this.#buses.find(busName)?.rules.values() ?? [])];
    const matched = put.map((event) => ({ event, matching: rules.filter((rule) => rule.matches(event)) }));
    const { clock, events } = this.#options;
    events.emit({
      type: 'events-put',
      atMs: clock.now(),
      busName,
      events: matched.map(({ event, matching }) => ({
        eventId: event.id,
        source: event.source,
        detailType: event['detail-type'],
        ruleNames: matching.map(({ name }) => name),
      })),
    });
    for (const { event, matching } of matched) {
      for (const rule of matching) this.#send(rule, event, { traceHeader, cameFromBus });
    }
  }

  #send(
    rule: Rule,
    event: BusEvent,
    { traceHeader, cameFromBus }: { traceHeader?: string | undefined; cameFromBus?: boolean },
  ) {
    const acceptedAtMs = this.#options.clock.now();
    const context = { ruleArn: rule.arn, ruleName: rule.name, ingestedAtMs: acceptedAtMs };
    for (const target of rule.targets.values()) {
      const input = inputFor(target, event, context);
      this.#deliveries.start({
        rule,
        target,
        event,
        input,
        acceptedAtMs,
        traceHeader,
        cameFromBus: cameFromBus ?? false,
      });
    }
  }

  /**
   * Puts the event onto another bus as it is. An event that has come from a bus goes to no third one (EventBridge User
   * Guide, "Sending and receiving events between event buses in the same account and Region").
   */
  #forward(busArn: string, { event, traceHeader }: Delivery): boolean {
    const bus = this.#buses.find(busNameOf(busArn));
    if (bus?.arn !== busArn) return false;
    this.#route(bus.name, [event], traceHeader, true);
    return true;
  }

  /** A schedule is due: its targets get the event, and no other rule does. */
  #fire(rule: Rule, atMs: number): void {
    const { clock, events, region, accountId } = this.#options;
    const event = scheduledEvent(rule.arn, { id: crypto.randomUUID(), account: accountId, region, nowMs: atMs });
    const { id: eventId, source, 'detail-type': detailType } = event;
    const ruleNames = [rule.name];
    const told = [{ eventId, source, detailType, ruleNames }];
    events.emit({ type: 'events-put', atMs: clock.now(), busName: rule.busName, events: told });
    this.#send(rule, event, {});
  }
}

export const eventBridge: Service<EventBridgeModel & IamModel> = {
  actionPrefix: 'events',
  principal: eventsPrincipal,
  resourceTypes: eventBridgeResourceTypes,
  readModel: readEventBridgeModel,
  resourcePolicies: ({ eventBuses = [] }: Partial<EventBridgeModel>) => eventBuses,
  start(model, context) {
    const queues = context.running(SqsService);
    const topics = context.running(SnsService);
    const api = (rpc: RpcService) => context.faults?.api(rpc) ?? rpc;
    const service = new EventBridgeService(model, {
      ...context,
      functions: context.running(RunningLambda).functions,
      sqs: api(queues.rpc),
      isQueue: (arn) => queues.queue(arn) !== undefined,
      sns: api(topics.rpc),
      isTopic: (arn) => topics.topics().some((topic) => topic.arn === arn),
    });
    context.authorizer.consult((arn) => service.policyOf(arn));
    return service;
  },
};

/** The operations that are served, by the names clients call them by. Others are refused by name. */
const operations: Readonly<Record<string, (context: EventBridgeContext) => Operation>> = {
  CreateEventBus: createEventBus,
  DeleteEventBus: deleteEventBus,
  DeleteRule: deleteRule,
  DescribeEventBus: describeEventBus,
  DescribeRule: describeRule,
  DisableRule: disableRule,
  EnableRule: enableRule,
  ListEventBuses: listEventBuses,
  ListRules: listRules,
  ListTargetsByRule: listTargetsByRule,
  PutEvents: putEvents,
  PutRule: putRule,
  PutTargets: putTargets,
  RemoveTargets: removeTargets,
  TestEventPattern: testEventPattern,
};
