import { presets } from '../lib/configuration.ts';
import { costOf, demoUse, type Flow, type Settings, pipelineUse, prices } from './cost-model.ts';
import type { Figure, Part } from './figure.ts';

/** What a million orders cost on AWS, by the formulas and prices of cost-model.ts; nothing is measured. */
export const costs: Part = () =>
  Promise.resolve([0.01, 0.1].flatMap((badRate) => [10, 1].flatMap((fill) => compared({ badRate, fill }))));

const { processOrders, failedOrders, maxReceiveCount } = presets.production;
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
  ];
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

function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}
