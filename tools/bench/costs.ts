import { Template } from 'aws-cdk-lib/assertions';
import { presets } from '../../lib/configuration/configuration.ts';
import { createApp } from '../../lib/order-pipeline-app.ts';
import { capacityOf } from '../plan/capacity.ts';
import {
  costOf,
  costOfEvents,
  demoUse,
  eventsUse,
  type Flow,
  httpDoorUse,
  mailsUse,
  pipelineUse,
  prices,
  type Settings,
} from '../plan/cost-model.ts';
import { costOfMonth, type MonthlyItem, monthlyItems, type Resources } from '../plan/monthly-costs.ts';
import { TemporaryFolder } from '../run/synthesize.ts';
import type { Figure, Part } from './report.ts';

/** What a million orders and a month cost on AWS, and how many orders a second pass, by the formulas and prices of cost-model.ts; nothing is measured. */
export const costs: Part = () =>
  Promise.resolve([
    ...[0.01, 0.1].flatMap((badRate) => [10, 1].flatMap((fill) => compared({ badRate, fill }))),
    ...[1, 10].map((orders) => httpDoor(orders)),
    ...[10, 1].map((fill) => mails(fill)),
    ...month(),
    ordersASecond(),
  ]);

const {
  processOrders,
  failedOrders,
  maxReceiveCount,
  warmWritesPerSecond,
  httpDoor: httpSettings,
  mailDoor,
} = presets.production;
/** The lecture demo's: Lambda's default memory. */
const demoSettings: Settings = { consumerMemoryMb: 128, failedMemoryMb: 128, maxReceiveCount: 1 };
const ours: Settings = {
  consumerMemoryMb: processOrders.memoryMb,
  failedMemoryMb: failedOrders.memoryMb,
  maxReceiveCount,
};

function compared(flow: Flow): readonly Figure[] {
  const percent = `${flow.badRate * 100} % bad, ${flow.fill} in a batch`;
  const id = `cost-${flow.badRate * 100}-percent-${flow.fill}`;
  return [
    figure(id, `a million orders, ${percent}`, pipelineUse(flow, ours)),
    figure(`${id}-demo`, "the same the demo's way", demoUse(flow, demoSettings)),
    eventsFigure(id, flow),
  ];
}

function eventsFigure(id: string, flow: Flow): Figure {
  const use = eventsUse(flow, ours);
  const detail = `${count(use.snsRequests)} SNS requests, ${count(use.gbSeconds)} GB-s, mails aside`;
  return { id: `${id}-events`, title: 'its events, beside that', value: costOfEvents(use), unit: 'USD', detail };
}

/** What the HTTP door adds for a million orders. */
function httpDoor(orders: number): Figure {
  const use = httpDoorUse(orders, httpSettings.acceptOrders.memoryMb);
  return figure(
    `cost-http-${orders}`,
    `what the HTTP door adds, ${orders === 1 ? 'one order' : `${orders} orders`} a request`,
    use,
  );
}

/** What a mail for each of a million orders adds. */
function mails(fill: number): Figure {
  const use = mailsUse(fill, mailDoor.notifyCustomers.memoryMb);
  const withoutPlan = costOf(use) - (use.mails ?? 0) * (prices.sesMail - prices.sesMailWithoutPlan);
  const made = figure(`cost-mails-${fill}`, `what a million mails add, ${fill} in a batch`, use);
  return { ...made, detail: `${withoutPlan.toFixed(2)} USD without a pricing plan of SES, ${made.detail}` };
}

function figure(id: string, title: string, use: ReturnType<typeof demoUse>): Figure {
  const detail = [
    `${count(use.sqsRequests)} SQS and ${count(use.lambdaRequests)} Lambda requests`,
    `${count(use.gbSeconds)} GB-s`,
    `${count(use.writeUnits)} write units`,
    `${use.logGb.toFixed(2)} GB of logs`,
    `prices of ${prices.asOf}`,
  ].join(', ');
  return { id, title, value: costOf(use), unit: 'USD', detail };
}

/** What a new table lets pass, and what process-orders writes in full batches. */
function ordersASecond(): Figure {
  const { memoryMb: consumerMemoryMb, maximumConcurrency, batchSize } = processOrders;
  const { consumer, table } = capacityOf({ maximumConcurrency, batchSize, consumerMemoryMb, warmWritesPerSecond });
  return {
    id: 'orders-a-second',
    title: 'good orders of up to 1 KB, on a new table',
    value: Math.min(consumer, table),
    unit: '/s',
    detail: `process-orders passes ${count(consumer)}/s with ${maximumConcurrency} batches at a time, the table takes ${count(table)}/s`,
  };
}

/** What is paid for whatever passes through, by the template as it is synthesized. */
function month(): readonly Figure[] {
  const items = monthlyItems(template({}));
  const withKey = monthlyItems(template({ customerManagedKey: 'true' }));
  const withEvents = monthlyItems(template({ events: 'true' }));
  const withMail = monthlyItems(template({ events: 'true', mail: 'true', mailFrom: 'orders@example.com' }));
  const withHttp = monthlyItems(template({ http: 'true' }));
  return [
    ...items.map((item) => ({ ...monthFigure(item.id, item.title, [item]), detail: detailOf(item) })),
    monthFigure(
      'idle',
      'in all, when nothing happens',
      items.filter(({ whenIdle }) => whenIdle),
    ),
    monthFigure('busy', 'in all, when every metric appears in every hour', items),
    monthFigure('busy-with-http', 'the same with -c http=true', withHttp),
    monthFigure('busy-with-key', 'the same with -c customerManagedKey=true, requests to the key aside', withKey),
    monthFigure('busy-with-events', 'the same with -c events=true', withEvents),
    monthFigure('busy-with-mail', 'the same with -c events=true -c mail=true', withMail),
  ];
}

function monthFigure(id: string, title: string, items: readonly MonthlyItem[]): Figure {
  return { id: `month-${id}`, title, value: costOfMonth(items), unit: 'USD a month' };
}

function detailOf({ count: counted, whenIdle }: MonthlyItem): string {
  return `${count(counted)}${whenIdle ? '' : ', if each appears in every hour'}`;
}

/** Of the production preset; the functions' code is left out, and costs nothing by the month. */
function template(options: Readonly<Record<string, string>>) {
  using folder = new TemporaryFolder();
  const context = { 'aws:cdk:bundling-stacks': [], ...options };
  return Template.fromStack(createApp({ context, outdir: folder.path }).stack).toJSON() as Resources;
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}
