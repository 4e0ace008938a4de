import { Duration, Stack } from 'aws-cdk-lib';
import { GraphWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnEmailIdentity } from 'aws-cdk-lib/aws-ses';
import { SubscriptionFilter } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { environmentNames } from '../shared/pipeline.ts';
import { metricNames } from '../shared/telemetry.ts';
import { bundledCode } from './bundle-function.ts';
import type { ConsumerSettings } from './configuration/settings.ts';
import { type AlarmDefinition, type Contribution, together } from './monitoring/contribution.ts';
import { ownCount, watchOwnTelemetry } from './monitoring/own-telemetry.ts';
import { watchLastStop, watchQueue } from './monitoring/watch-queue.ts';
import type { EventFilter, OrderEvents } from './order-events.ts';
import type { CommonFunctionProps } from './pipeline-function.ts';
import { denyOthers } from './queue-access.ts';
import { mayChangeVisibility, QueueConsumer } from './queue-consumer.ts';
import { QueuePair } from './queue-pair.ts';

/** Settings of the mails, with the units and limits of the other consumers. */
export interface MailDoorSettings {
  readonly notifyCustomers: ConsumerSettings;
  /** Waits between the tries of a mail that was not sent for a passing reason: anything from no wait to the longest. */
  readonly retry: { readonly baseSeconds: number; readonly capSeconds: number };
  /** Receives of a notification before it goes to parked-notifications, 1 to 1,000. */
  readonly maxReceiveCount: number;
}

/** What the door needs of a table of any kind. */
type DoorTable = Pick<Table, 'tableName' | 'tableArn' | 'encryptionKey'>;

export interface MailDoorProps extends CommonFunctionProps {
  readonly settings: MailDoorSettings;
  /** Who tells of processed orders. */
  readonly events: OrderEvents;
  /** Where the orders are, with their customers' addresses, and where it is written what became of the mails. */
  readonly table: DoorTable;
  /** The address that mails come from: `orders@example.com`. */
  readonly from: string;
  /**
   * Whether the stack makes the address an identity of SES. AWS then writes to the address, and somebody has to follow the
   * link. No: the account has the address, or its domain, as an identity already.
   */
  readonly makesIdentity: boolean;
  /** ARNs of roles or users that may receive, redrive and delete notifications. Default: IAM policies decide. */
  readonly operators?: readonly string[];
}

const processedOnly: EventFilter = {
  type: SubscriptionFilter.stringFilter({ allowlist: ['order.processed'] }),
};

/**
 * One mail to the customer of each processed order that has an address: a queue on the topic of events, and
 * notify-customers, which sends by SES. What becomes of a mail: docs/mail.md.
 */
export class MailDoor extends Construct {
  readonly notifications: Queue;
  /** Where notifications end that could not be handled. */
  readonly parked: Queue;
  readonly notifyCustomers: QueueConsumer;
  readonly monitored: Contribution;

  constructor(scope: Construct, id: string, props: MailDoorProps) {
    super(scope, id);
    const { settings, events, table, from, makesIdentity, operators = [], ...common } = props;
    const { notifyCustomers: consumer, retry, maxReceiveCount } = settings;
    const { retainData, encryptionKey } = common;
    const queues = new QueuePair(this, 'Queues', {
      queue: { name: 'notifications', consumer },
      deadLetterQueue: { name: 'parked-notifications', maxReceiveCount },
      ...(retainData !== undefined && { retainData }),
      ...(encryptionKey !== undefined && { encryptionKey }),
    });
    this.notifications = queues.queue;
    this.parked = queues.lastStop;
    this.notifyCustomers = new QueueConsumer(this, 'NotifyCustomers', {
      ...common,
      name: 'notify-customers',
      code: bundledCode('lambdas/notify-customers/handler.ts'),
      description: 'Tells the customers of processed orders by mail.',
      queue: this.notifications,
      settings: consumer,
      environment: {
        [environmentNames.notificationsQueueUrl]: this.notifications.queueUrl,
        [environmentNames.ordersTableName]: table.tableName,
        [environmentNames.mailFrom]: from,
        [environmentNames.retryBaseSeconds]: String(retry.baseSeconds),
        [environmentNames.retryCapSeconds]: String(retry.capSeconds),
      },
      permissions: [
        new PolicyStatement({ actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'], resources: [table.tableArn] }),
        this.#maySendFrom(from),
        mayChangeVisibility(this.notifications),
      ],
      decrypts: [table.encryptionKey],
    });
    if (makesIdentity) new CfnEmailIdentity(this, 'Identity', { emailIdentity: from });
    events.subscribeQueue('notifications', this.notifications, processedOnly);
    denyOthers(this.notifications, { consumer: this.notifyCustomers.role, operators });
    denyOthers(this.parked, { movedBy: this.notifyCustomers.role, operators });
    this.monitored = together([
      watchQueue({
        name: 'notifications',
        item: 'a notification',
        queue: this.notifications,
        consumer: this.notifyCustomers,
        receivesBefore: 0,
        maxReceiveCount,
        retry,
      }),
      this.#mailing(),
      watchLastStop(this.parked, 'notifications'),
      watchOwnTelemetry(this.notifyCustomers),
    ]);
  }

  /**
   * SES asks for the permission on the identity that it finds for the sender: the address, or else its domain (SES
   * Developer Guide, "Identity and access management"). Either way, only this sender is allowed.
   */
  #maySendFrom(from: string): PolicyStatement {
    const identities = [from, from.slice(from.lastIndexOf('@') + 1)];
    return new PolicyStatement({
      actions: ['ses:SendEmail'],
      resources: identities.map((name) =>
        Stack.of(this).formatArn({ service: 'ses', resource: 'identity', resourceName: name }),
      ),
      conditions: { StringEquals: { 'ses:FromAddress': from } },
    });
  }

  #mailing(): Contribution {
    const fn = this.notifyCustomers;
    const sent = [
      ownCount(fn, metricNames.mailsSent, { label: 'sent' }),
      ownCount(fn, metricNames.mailsAskedAgain, { label: 'asked for again, perhaps sent twice' }),
    ];
    const notSent = [
      ownCount(fn, metricNames.mailsRefused, { label: 'refused' }),
      ownCount(fn, metricNames.mailsNotSent, { label: 'to be tried again' }),
    ];
    const leftYAxis = { min: 0, label: 'a minute', showUnits: false };
    return {
      alarms: [this.#refused(), this.#notSent()],
      rows: [
        [
          new GraphWidget({ title: 'mails: sent', width: 12, left: sent, leftYAxis }),
          new GraphWidget({ title: 'mails: not sent', width: 12, left: notSent, leftYAxis }),
        ],
      ],
    };
  }

  #refused(): AlarmDefinition {
    return {
      id: 'MailsRefused',
      about: 'messages',
      message: 'SES refused mails to customers. Each is written down with its reason, and waits for somebody.',
      section: 'mails-were-refused',
      metric: ownCount(this.notifyCustomers, metricNames.mailsRefused, { period: Duration.minutes(5) }),
      threshold: 1,
      periods: 1,
    };
  }

  #notSent(): AlarmDefinition {
    return {
      id: 'MailsNotSent',
      about: 'messages',
      message:
        'notify-customers fails to send mails. Ten times in a quarter of an hour is no passing fault; the notifications stay in their queue meanwhile.',
      section: 'mails-cannot-be-sent',
      metric: ownCount(this.notifyCustomers, metricNames.mailsNotSent, { period: Duration.minutes(15) }),
      threshold: 10,
      periods: 1,
    };
  }
}
