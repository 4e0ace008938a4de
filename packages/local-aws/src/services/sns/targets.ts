import { randomUUID } from 'node:crypto';
import { AwsError, type CallContext, type RpcService } from '../../endpoint/api.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import type { LambdaService } from '../lambda/functions.ts';
import { envelope, lambdaEvent, type Mail, mailOf, type Notification } from './notification.ts';
import type { Subscription } from './topic.ts';

/** As policies name SNS. */
export const snsPrincipal = 'sns.amazonaws.com';

/**
 * A delivery that has failed. A client error has the subscription at fault and is not tried again; a server error is one
 * of the service behind it (SNS Developer Guide, "Amazon SNS dead-letter queues").
 */
export class DeliveryFailure extends Error {
  override readonly name = 'DeliveryFailure';
  readonly fault: 'client' | 'server';

  constructor(fault: 'client' | 'server', message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

export interface TargetOptions {
  readonly authorizer: Pick<Authorizer, 'lacksAsService'>;
  /** SQS as its clients see it, faults included. */
  readonly sqs: RpcService;
  readonly isQueue: (arn: string) => boolean;
  /** Undefined where no functions run. */
  readonly functions?: LambdaService;
  readonly sendMail: (mail: Mail, notification: Notification) => void;
}

/** Where messages go: queues, functions, mail. Each method throws `DeliveryFailure`. */
export class Targets {
  readonly #options: TargetOptions;

  constructor(options: TargetOptions) {
    this.#options = options;
  }

  async deliver(subscription: Subscription, notification: Notification): Promise<void> {
    switch (subscription.protocol) {
      case 'sqs':
        return this.sendToQueue(subscription.endpoint, subscription, notification);
      case 'lambda':
        return this.#invoke(subscription, notification);
      case 'email':
      case 'email-json':
        return this.#options.sendMail(mailOf(notification, subscription), notification);
    }
  }

  /**
   * To the subscription's queue, or to its dead-letter queue. A dead letter is what the subscription would have got
   * (recorded by LocalStack, test_redrive_policy_sqs_queue_subscription).
   */
  async sendToQueue(queueArn: string, { arn, settings }: Subscription, notification: Notification): Promise<void> {
    const { sqs, isQueue } = this.#options;
    if (!isQueue(queueArn)) throw new DeliveryFailure('client', `There is no queue ${queueArn}.`);
    this.#requirePermission(notification, 'sqs:SendMessage', queueArn);
    const name = queueArn.split(':')[5] ?? '';
    const isRaw = settings.rawMessageDelivery;
    const input = {
      QueueUrl: name,
      MessageBody: isRaw ? notification.text : envelope(notification, arn),
      ...(isRaw && { MessageAttributes: notification.attributes }),
      ...groupParts(name, notification),
    };
    let isDropped = false;
    const context: CallContext = {
      caller: { accessKeyId: snsPrincipal, sessionName: 'SNS' },
      requestId: randomUUID(),
      traceHeader: notification.traceHeader,
      signal: new AbortController().signal,
      hangUp: () => void (isDropped = true),
    };
    try {
      await sqs.operations['SendMessage']?.run(input, context);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const fault = isDropped || error.httpStatus >= 500 ? 'server' : 'client';
      throw new DeliveryFailure(fault, error.message, { cause: error });
    }
  }

  /** Asynchronously: Lambda takes the event and tries as often as the function's settings say. */
  #invoke({ arn, endpoint }: Subscription, notification: Notification): void {
    const { functions } = this.#options;
    const [, , , , , , name = '', qualifier] = endpoint.split(':');
    // A version or an alias has a policy of its own, which is not read here.
    if (qualifier === undefined) this.#requirePermission(notification, 'lambda:InvokeFunction', endpoint);
    const options = {
      invokedFunctionArn: endpoint,
      ...(notification.traceHeader !== undefined && { traceHeader: notification.traceHeader }),
    };
    try {
      if (functions?.find(name)?.arn !== endpoint.split(':').slice(0, 7).join(':')) {
        throw new DeliveryFailure('client', `Function not found: ${endpoint}`);
      }
      functions.invokeLater(name, lambdaEvent(notification, arn), options);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw new DeliveryFailure(error.httpStatus >= 500 ? 'server' : 'client', error.message, { cause: error });
    }
  }

  #requirePermission({ topicArn }: Notification, action: string, resource: string): void {
    const caller = { service: snsPrincipal, sourceArn: topicArn };
    const denial = this.#options.authorizer.lacksAsService(caller, { action, resource });
    if (denial !== undefined) throw new DeliveryFailure('client', denial.error.message, { cause: denial.error });
  }
}

/**
 * A FIFO queue gets the group and the deduplication id that the topic has. A standard queue gets a group of a standard
 * topic only (SNS Developer Guide, "Amazon SNS message grouping for FIFO topics"; recorded, test_publish_message_group_id).
 */
function groupParts(queueName: string, { isFifo, groupId, deduplicationId }: Notification): Record<string, string> {
  if (queueName.endsWith('.fifo')) {
    return {
      ...(groupId !== undefined && { MessageGroupId: groupId }),
      ...(deduplicationId !== undefined && { MessageDeduplicationId: deduplicationId }),
    };
  }
  return !isFifo && groupId !== undefined ? { MessageGroupId: groupId } : {};
}
