import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { eventsOutputNames, groupByOutputName, httpOutputNames, mailOutputNames } from '../../shared/pipeline.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { type HttpAuthorization, HttpDoor } from '../http-door.ts';
import type { Contribution } from '../monitoring/contribution.ts';
import { MailDoor } from '../mail-door.ts';
import { failuresOnly, OrderEvents, type OrderEventsProps } from '../order-events.ts';
import type { CommonFunctionProps } from '../pipeline-function.ts';

/** The parts of the pipeline that doors lead to. */
interface DoorProps {
  readonly configuration: Configuration;
  readonly common: CommonFunctionProps;
  readonly orders: IQueue;
  readonly table: Table;
  /** Of `orderEventsOf`. */
  readonly events: OrderEvents | undefined;
}

/** What the doors of a stack bring. */
export interface Doors {
  readonly monitored: readonly Contribution[];
  /** Values of the stack's outputs, by their names. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** Makes the doors that a configuration asks for, in a stack. Without any, the stack is what it would be without this. */
export function openDoors(stack: Construct, props: DoorProps): Doors {
  // The mails subscribe to the events, and each subscriber brings an alarm to them.
  const mail = openMail(stack, props);
  const doors = [groups(props), openHttp(stack, props), openEvents(props), mail];
  return {
    monitored: doors.flatMap(({ monitored }) => monitored),
    outputs: Object.assign({}, ...doors.map(({ outputs }) => outputs)) as Doors['outputs'],
  };
}

const closed: Doors = { monitored: [], outputs: {} };

/** Whoever sends to FIFO queues looks the grouping up. */
function groups({ configuration: { fifo, groupBy } }: DoorProps): Doors {
  return fifo ? { monitored: [], outputs: { [groupByOutputName]: groupBy } } : closed;
}

function openHttp(stack: Construct, { configuration, common, orders, table }: DoorProps): Doors {
  if (!configuration.http) return closed;
  const { groupBy } = configuration;
  const settings = configuration.httpDoor;
  const authorization = httpAuthorizationOf(configuration);
  const door = new HttpDoor(stack, 'Http', { ...common, settings, authorization, orders, groupBy, table });
  return {
    monitored: [door.monitored],
    outputs: {
      [httpOutputNames.ordersApiUrl]: door.url,
      [httpOutputNames.acceptOrdersFunctionName]: door.acceptOrders.function.functionName,
      [httpOutputNames.trackOrdersFunctionName]: door.trackOrders.function.functionName,
      [httpOutputNames.acceptOrdersLogGroupName]: door.acceptOrders.logGroup.logGroupName,
      [httpOutputNames.trackOrdersLogGroupName]: door.trackOrders.logGroup.logGroupName,
      [httpOutputNames.httpAccessLogGroupName]: door.accessLogs.logGroupName,
    },
  };
}

function openEvents({ events }: DoorProps): Doors {
  if (events === undefined) return closed;
  return {
    monitored: [events.monitored],
    outputs: { [eventsOutputNames.orderEventsTopicArn]: events.topic.topicArn },
  };
}

function openMail(stack: Construct, { configuration, common, table, events }: DoorProps): Doors {
  const { mail, mailFrom: from, mailIdentity: makesIdentity, mailDoor: settings, operators } = configuration;
  if (!mail || events === undefined || from === undefined) return closed;
  const door = new MailDoor(stack, 'Mail', { ...common, settings, events, table, from, makesIdentity, operators });
  return {
    monitored: [door.monitored],
    outputs: {
      [mailOutputNames.notificationsQueueUrl]: door.notifications.queueUrl,
      [mailOutputNames.parkedNotificationsQueueUrl]: door.parked.queueUrl,
      [mailOutputNames.notifyCustomersFunctionName]: door.notifyCustomers.function.functionName,
      [mailOutputNames.notifyCustomersLogGroupName]: door.notifyCustomers.logGroup.logGroupName,
    },
  };
}

/** Makes the topic of events, if the configuration asks for it. The functions that publish need it when they are made. */
export function orderEventsOf(
  stack: Construct,
  { events: isAsked, notifyEmail, notifyProcessed, allEventReasons, operators }: Configuration,
  data: Pick<OrderEventsProps, 'retainData' | 'encryptionKey'>,
): OrderEvents | undefined {
  if (!isAsked) return undefined;
  const events = new OrderEvents(stack, 'OrderEvents', { ...data, operators, allReasons: allEventReasons });
  for (const address of notifyEmail) events.subscribeEmail(address, notifyProcessed ? undefined : failuresOnly);
  return events;
}

function httpAuthorizationOf(configuration: Configuration): HttpAuthorization {
  const { jwtIssuer: issuer, jwtAudience: audience } = configuration;
  if (issuer !== undefined) return { kind: 'jwt', issuer, audience };
  if (!configuration.httpDoor.isOpen) return { kind: 'iam' };
  return {
    kind: 'open',
    reason: 'The orders of this stack are made up, and whoever learns with them has no signature.',
  };
}
