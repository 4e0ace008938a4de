import { configurationOf } from '../../lib/configuration/configuration.ts';
import { hostileBodies, mostBytes } from '../../test/lambdas/bodies/hostile-bodies.ts';
import { consume, largeBodies } from '../../test/lambdas/bodies/large-bodies.ts';
import { interleaved, median, medianRatio, type Part, roundText } from './report.ts';

const rounds = 5;
/** Of a list that fills a message, in each round. */
const parses = 20;
const parsed = 'JSON.parse';

/** All bodies that are much work, by their names. */
const bodies: Readonly<Record<string, string>> = {
  ...Object.fromEntries(hostileBodies.filter(({ body }) => body.length > 10_000).map(({ name, body }) => [name, body])),
  ...Object.fromEntries(Object.entries(largeBodies).map(([name, bodyOfBytes]) => [name, bodyOfBytes(mostBytes)])),
};

/**
 * What the dearest body of a message costs a consumer, the table aside: beside JSON.parse of a list that fills a
 * message, and beside the time that a function has for it when its batch is full of such bodies.
 */
export const bodyReading: Part = async ({ onProgress, signal }) => {
  const list = JSON.stringify(Array.from({ length: mostBytes / 2 - 1 }, () => 1));
  const runs: Readonly<Record<string, () => number>> = {
    [parsed]: () =>
      cpuMs(() => {
        for (let times = 0; times < parses; times += 1) JSON.parse(list);
      }) / parses,
    ...Object.fromEntries(Object.entries(bodies).map(([name, body]) => [name, () => cpuMs(() => consume(body))])),
  };
  const measured = await interleaved(
    rounds,
    Object.fromEntries(Object.entries(runs).map(([name, run]) => [name, () => Promise.resolve(run())])),
    (name, round) => {
      signal.throwIfAborted();
      onProgress(`${name}, ${roundText(round, rounds)}`);
    },
  );
  const parseMs = measured[parsed] ?? [];
  const ratios = Object.keys(bodies).map((name) => ({ name, ratio: medianRatio(measured[name] ?? [], parseMs) }));
  const [dearest = { name: '', ratio: Number.NaN }] = ratios.toSorted((a, b) => b.ratio - a.ratio);
  const dearestMs = median(measured[dearest.name] ?? []);
  return [
    {
      id: 'body-reading-dearest',
      title: 'The dearest body of a message, of JSON.parse of a list as long',
      value: dearest.ratio,
      unit: '',
      detail: `${dearest.name}: ${dearestMs.toFixed(0)} ms of ${median(parseMs).toFixed(1)} ms`,
      bound: { atMost: 130 },
    },
    {
      id: 'body-reading-of-timeout',
      title: "The same, of its part of the function's timeout, with processors like this machine's",
      value: dearestMs / timeOfBodyMs(),
      unit: '',
      detail: `${dearestMs.toFixed(0)} ms of ${timeOfBodyMs().toFixed(0)} ms`,
      bound: { atMost: 1 },
    },
  ];
};

/**
 * Processor time that process-orders has for one body of a full batch until its timeout. Lambda gives one vCPU for
 * 1,769 MB (Lambda Developer Guide, "Configure Lambda function memory").
 */
function timeOfBodyMs(): number {
  const { timeoutSeconds, memoryMb, batchSize } = configurationOf('production').processOrders;
  return (timeoutSeconds * 1_000 * (memoryMb / 1_769)) / batchSize;
}

/** Processor time of this thread: other programs take nothing of it. */
function cpuMs(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
