import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type LocalModel, LocalRuntimeError, type Runtime } from 'local-aws';
import { eventsOutputNames, httpOutputNames, mailOutputNames, stackOutputNames } from '../../shared/pipeline.ts';
import { localClientSettings } from '../orders/aws/endpoint.ts';
import { countFailures, countProcessed } from '../orders/ledger/failures.ts';
import { type RefusedMail, refusedMails } from '../orders/ledger/mails.ts';
import { systemClock } from '../orders/time.ts';

/** The physical names of the pipeline's parts on this machine. */
export interface PipelineNames {
  readonly ordersQueue: string;
  readonly badOrdersQueue: string;
  readonly ordersTable: string;
  readonly generateOrders: string;
  readonly processOrders: string;
  readonly failedOrders: string;
  /** Address of the HTTP door; undefined for a pipeline without one. */
  readonly ordersApiUrl?: string;
  /** Topic that tells what became of each order; undefined for a pipeline that tells nobody. */
  readonly orderEventsTopic?: string;
  /** Queue of events that become mails; undefined for a pipeline that sends none. */
  readonly notificationsQueue?: string;
}

/**
 * Reads the names from the stack's outputs.
 *
 * @param stack name of the pipeline's stack, where there may be others
 * @throws {LocalRuntimeError} when an output is missing
 */
export function pipelineNames(model: LocalModel, stack?: string): PipelineNames {
  const stacks = model.stacks.filter(({ name }) => stack === undefined || name === stack);
  const outputs = new Map(stacks.flatMap((each) => each.outputs).map(({ key, value }) => [key, value]));
  const output = (key: keyof typeof stackOutputNames): string => {
    const name = stackOutputNames[key];
    const value = outputs.get(name);
    if (value !== undefined) return value;
    throw new LocalRuntimeError('OUTPUT_MISSING', `The stack has no output ${name}.`, 'Add it back to lib/.');
  };
  const ordersApiUrl = outputs.get(httpOutputNames.ordersApiUrl);
  const orderEventsTopic = outputs.get(eventsOutputNames.orderEventsTopicArn)?.split(':').at(-1);
  const notificationsUrl = outputs.get(mailOutputNames.notificationsQueueUrl);
  return {
    ...(notificationsUrl !== undefined && { notificationsQueue: queueName(notificationsUrl) }),
    ...(ordersApiUrl !== undefined && { ordersApiUrl }),
    ...(orderEventsTopic !== undefined && { orderEventsTopic }),
    ordersQueue: queueName(output('ordersQueueUrl')),
    badOrdersQueue: queueName(output('badOrdersQueueUrl')),
    ordersTable: output('ordersTableName'),
    generateOrders: output('generateOrdersFunctionName'),
    processOrders: output('processOrdersFunctionName'),
    failedOrders: output('failedOrdersFunctionName'),
  };
}

function queueName(url: string): string {
  return url.split('/').at(-1) ?? '';
}

/** Settings of SDK clients for a runtime on this machine. It takes any credentials. */
export function clientSettings({ endpoint, model }: Runtime) {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return { ...localClientSettings, endpoint: endpoint.url, region: model.region, credentials };
}

/** How many messages there are in all queues, in whatever state. */
export function messagesInQueues({ sqs }: Runtime): number {
  return sqs.queues().reduce((sum, { counts }) => sum + counts.delayed + counts.available + counts['in-flight'], 0);
}

/** The books as the orders table keeps them. */
export interface TableCounts {
  readonly processed: number;
  readonly failed: number;
}

/** Counts the rows of a runtime's table, through its endpoint, as one would on AWS. */
export async function countRows(runtime: Runtime, name: string): Promise<TableCounts> {
  const client = new DynamoDBClient(clientSettings(runtime));
  try {
    const table = { client, name, clock: systemClock, random: Math.random };
    const [processed, failed] = await Promise.all([countProcessed(table), countFailures(table, { status: 'failed' })]);
    return { processed, failed };
  } finally {
    client.destroy();
  }
}

/** What the orders table knows of mails. */
export interface MailRows {
  /** Processed orders that name an address. */
  readonly addressed: number;
  /** The oldest first. */
  readonly refused: readonly RefusedMail[];
}

/** Reads what a runtime's table knows of mails, through its endpoint. */
export async function readMailRows(runtime: Runtime, name: string): Promise<MailRows> {
  const client = new DynamoDBClient(clientSettings(runtime));
  try {
    const table = { client, name, clock: systemClock, random: Math.random };
    const [addressed, refused] = await Promise.all([countProcessed(table, '"customerEmail":'), refusedMails(table)]);
    return { addressed, refused };
  } finally {
    client.destroy();
  }
}

/** The largest seed of the local runtime's faults and of the arbitrary order in which its queues hand out messages. */
export const maximumLocalSeed = 2 ** 31 - 1;
