import { randomUUID } from 'node:crypto';
import { AwsError, type CallContext, type JsonObject, type RpcService } from '../../endpoint/api.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import type { LambdaService } from '../lambda/functions.ts';
import type { BusEvent } from './bus-event.ts';
import type { RuleTarget } from './model.ts';
import type { Rule } from './rule.ts';

/** As policies name EventBridge. */
export const eventsPrincipal = 'events.amazonaws.com';

/** `ERROR_CODE` of dead letters (EventBridge User Guide, "Using dead-letter queues to process undelivered events"). */
type ErrorCode =
  | 'ERROR_FROM_TARGET'
  | 'FAILED_TO_ASSUME_ROLE'
  | 'INVALID_JSON'
  | 'INVALID_PARAMETER'
  | 'NO_PERMISSIONS'
  | 'NO_RESOURCE'
  | 'THIRD_ACCOUNT_HOP_DETECTED'
  | 'THROTTLING';

/** A delivery that has failed. What lacks permission or a target is not tried again. */
export class TargetFailure extends Error {
  override readonly name = 'TargetFailure';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get isRetried(): boolean {
    return this.code === 'ERROR_FROM_TARGET' || this.code === 'THROTTLING';
  }
}

/** An event on its way to a target. */
export interface Delivery {
  readonly rule: Rule;
  readonly target: RuleTarget;
  readonly event: BusEvent;
  /** What the target gets. Undefined when its template gave no JSON. */
  readonly input: string | undefined;
  readonly acceptedAtMs: number;
  readonly traceHeader?: string | undefined;
  /** Whether a rule of another bus has sent the event here. */
  readonly cameFromBus: boolean;
}

export interface TargetsOptions {
  readonly authorizer: Pick<Authorizer, 'lacks' | 'lacksAsService'>;
  /** SQS as its clients see it, faults included. */
  readonly sqs: RpcService;
  readonly isQueue: (arn: string) => boolean;
  readonly sns: RpcService;
  readonly isTopic: (arn: string) => boolean;
  readonly functions: LambdaService;
  /** Whether a stack has the role, so that its trust policy is known. */
  readonly isKnownRole: (arn: string) => boolean;
  /** Undefined when there is no such bus. */
  readonly putOnBus: (busArn: string, delivery: Delivery) => boolean;
}

/** Where events go: queues, functions, topics, other buses. Each method throws `TargetFailure`. */
export class Targets {
  readonly #options: TargetsOptions;

  constructor(options: TargetsOptions) {
    this.#options = options;
  }

  async deliver(delivery: Delivery): Promise<void> {
    const { target, input } = delivery;
    if (input === undefined) {
      const remedy = 'Leave out the quotes around variables that are objects or lists.';
      throw new TargetFailure('INVALID_JSON', `The InputTemplate of target ${target.Id} gives no JSON. ${remedy}`);
    }
    switch (target.Arn.split(':')[2]) {
      case 'sqs': {
        const group = target.SqsParameters?.MessageGroupId;
        return this.#sendToQueue(target.Arn, delivery, {
          MessageBody: input,
          ...(group !== undefined && { MessageGroupId: group }),
        });
      }
      case 'lambda':
        return this.#invoke(delivery, input);
      case 'sns':
        return this.#publish(delivery, input);
      default:
        return this.#putOnBus(delivery);
    }
  }

  /** The event as it came, with what went wrong as attributes. */
  async sendDeadLetter(
    queueArn: string,
    delivery: Delivery,
    attributes: Readonly<Record<string, string>>,
  ): Promise<void> {
    const MessageAttributes = Object.fromEntries(
      Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
    );
    const { event, rule } = delivery;
    const withoutRole = { ...delivery, target: { Id: delivery.target.Id, Arn: queueArn } };
    await this.#sendToQueue(
      queueArn,
      { ...withoutRole, event, rule },
      { MessageBody: JSON.stringify(event), MessageAttributes },
    );
  }

  async #sendToQueue(queueArn: string, delivery: Delivery, input: JsonObject): Promise<void> {
    const { sqs, isQueue } = this.#options;
    if (!isQueue(queueArn)) throw new TargetFailure('NO_RESOURCE', `The queue ${queueArn} does not exist.`);
    this.#requirePermission(delivery, 'sqs:SendMessage', queueArn);
    await call(sqs, 'SendMessage', { QueueUrl: queueArn.split(':')[5] ?? '', ...input }, delivery);
  }

  async #publish(delivery: Delivery, input: string): Promise<void> {
    const { sns, isTopic } = this.#options;
    const { Arn: arn } = delivery.target;
    if (!isTopic(arn)) throw new TargetFailure('NO_RESOURCE', `The topic ${arn} does not exist.`);
    this.#requirePermission(delivery, 'sns:Publish', arn);
    await call(sns, 'Publish', { TopicArn: arn, Message: input }, delivery);
  }

  /** Asynchronously: Lambda takes the event and tries as often as the function's settings say. */
  #invoke(delivery: Delivery, input: string): void {
    const { functions } = this.#options;
    const { target, traceHeader } = delivery;
    const parts = target.Arn.split(':');
    const [name = '', qualifier] = parts.slice(6);
    if (functions.find(name)?.arn !== parts.slice(0, 7).join(':')) {
      throw new TargetFailure('NO_RESOURCE', `Function not found: ${target.Arn}`);
    }
    // A version or an alias has a policy of its own, which is not read here.
    if (qualifier === undefined) this.#requirePermission(delivery, 'lambda:InvokeFunction', target.Arn);
    functions.invokeLater(name, input, {
      invokedFunctionArn: target.Arn,
      ...(traceHeader !== undefined && { traceHeader }),
    });
  }

  /**
   * No third bus: EventBridge User Guide, "Sending and receiving events between event buses in the same account and
   * Region". Code and message are those of a dead letter on AWS (Pubudu Jayawardana, "How to manage Bus to Bus recursive
   * message passing", 2023).
   */
  #putOnBus(delivery: Delivery): void {
    const { Arn: arn } = delivery.target;
    if (delivery.cameFromBus) {
      const rejected = `Event ingestion rejected for event ${delivery.event.id} because an event can be sent to an event bus target only once.`;
      const message = `${rejected} This event was previously delivered to an event bus target.`;
      throw new TargetFailure('THIRD_ACCOUNT_HOP_DETECTED', message);
    }
    this.#requirePermission(delivery, 'events:PutEvents', arn);
    if (!this.#options.putOnBus(arn, delivery)) {
      throw new TargetFailure('NO_RESOURCE', `The event bus ${arn} does not exist.`);
    }
  }

  /**
   * The target's role decides where there is one, the policy of the target where not (EventBridge User Guide, "Using
   * resource-based policies").
   */
  #requirePermission({ rule, target }: Delivery, action: string, resource: string): void {
    const { authorizer, isKnownRole } = this.#options;
    const service = { service: eventsPrincipal, sourceArn: rule.arn };
    const { RoleArn: roleArn } = target;
    if (roleArn === undefined) {
      const denial = authorizer.lacksAsService(service, { action, resource });
      if (denial !== undefined)
        throw new TargetFailure('NO_PERMISSIONS', denial.error.message, { cause: denial.error });
      return;
    }
    const assume = { action: 'sts:AssumeRole', resource: roleArn };
    const distrust = isKnownRole(roleArn) ? authorizer.lacksAsService(service, assume) : undefined;
    if (distrust !== undefined) throw new TargetFailure('FAILED_TO_ASSUME_ROLE', distrust.error.message);
    const denial = authorizer.lacks({ roleArn, sessionName: 'events' }, { action, resource });
    if (denial !== undefined) throw new TargetFailure('NO_PERMISSIONS', denial.error.message, { cause: denial.error });
  }
}

/** Calls a service as its clients do. Throws `TargetFailure` for what the service refuses. */
async function call(
  service: RpcService,
  operation: string,
  input: JsonObject,
  { traceHeader }: Delivery,
): Promise<void> {
  let isDropped = false;
  const context: CallContext = {
    caller: { accessKeyId: eventsPrincipal, sessionName: 'EventBridge' },
    requestId: randomUUID(),
    traceHeader,
    signal: new AbortController().signal,
    hangUp: () => void (isDropped = true),
  };
  try {
    await service.operations[operation]?.run(input, context);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new TargetFailure(codeOf(error, isDropped), error.message, { cause: error });
  }
}

function codeOf({ code, httpStatus }: AwsError, isDropped: boolean): ErrorCode {
  if (isDropped || httpStatus >= 500) return 'ERROR_FROM_TARGET';
  return /Thrott|TooManyRequests/.test(code) ? 'THROTTLING' : 'INVALID_PARAMETER';
}
