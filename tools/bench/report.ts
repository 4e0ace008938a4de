import { availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { type Paint, table } from '../orders/terminal/output.ts';
import { rate } from '../orders/terminal/progress.ts';

/** A part of the bench with what came out of it. */
export interface PartReport {
  readonly name: string;
  readonly seconds: number;
  readonly figures: readonly Figure[];
  /** Why the part could not measure. */
  readonly error?: string;
}

/** Whether every part measured and every bound holds. */
export function passed(reports: readonly PartReport[]): boolean {
  return reports.every(({ error, figures }) => error === undefined && figures.every(holds));
}

/** One document: the machine, and each figure with its bound and whether it holds. */
export function reportJson(reports: readonly PartReport[]): string {
  const parts = reports.map(({ figures, ...part }) => ({
    ...part,
    figures: figures.map((figure) => ({ ...figure, ...(figure.bound && { holds: holds(figure) }) })),
  }));
  return JSON.stringify({ machine: machine(), passed: passed(reports), parts }, undefined, 2);
}

export function reportText(reports: readonly PartReport[], paint: Paint): string {
  const rows = reports.flatMap(({ figures }) => figures.map((figure) => row(figure, paint)));
  const columns = [{ title: '' }, { title: 'value', align: 'right' }, { title: 'bound' }, { title: 'figure' }] as const;
  const { node, cores, cpu, memoryGb, system } = machine();
  const seconds = reports.reduce((sum, part) => sum + part.seconds, 0);
  return [
    ...table(columns, rows),
    ...reports.flatMap(({ name, error }) => (error === undefined ? [] : [`${name} could not be measured: ${error}`])),
    '',
    `Node ${node}, ${cores} cores (${cpu}), ${memoryGb} GB, ${system}; took ${Math.round(seconds)} s.`,
    verdict(reports),
  ].join('\n');
}

function verdict(reports: readonly PartReport[]): string {
  const missed = reports.flatMap(({ figures }) => figures).filter((figure) => !holds(figure)).length;
  if (missed > 0) return `${missed} ${missed === 1 ? 'bound does' : 'bounds do'} not hold.`;
  return passed(reports) ? 'Every bound holds.' : 'Not everything could be measured.';
}

function row(figure: Figure, paint: Paint): string[] {
  const { title, value, unit, bound, detail } = figure;
  const mark = bound === undefined ? ' ' : holds(figure) ? paint('green', '✔') : paint('red', '✘');
  const text = detail === undefined ? title : `${title}: ${detail}`;
  return [mark, `${shown(value)}${unit === '' ? '' : ` ${unit}`}`, boundText(bound, unit), text];
}

function boundText(bound: Figure['bound'], unit: string): string {
  const suffix = unit === '' ? '' : ` ${unit}`;
  return [
    bound?.atLeast === undefined ? '' : `≥ ${shown(bound.atLeast)}${suffix}`,
    bound?.atMost === undefined ? '' : `≤ ${shown(bound.atMost)}${suffix}`,
  ]
    .filter((text) => text !== '')
    .join(', ');
}

/** A measurement is good for three digits at most. */
function shown(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}

function machine() {
  return {
    node: process.version,
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown processor',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
  };
}

/** One thing `npm run bench` measured. */
export interface Figure {
  /** In kebab case, unique in the whole bench; it names the figure in `--json`. */
  readonly id: string;
  readonly title: string;
  readonly value: number;
  /** '' for a ratio. */
  readonly unit: string;
  /** A figure without a bound is for information. */
  readonly bound?: { readonly atMost?: number; readonly atLeast?: number };
  /** What stands behind the value: the two medians of a ratio, say. */
  readonly detail?: string;
}

interface PartOptions {
  /** Takes one line about what is being measured, for a person who waits. */
  readonly onProgress: (text: string) => void;
  /** Aborts on Ctrl-C: a part that takes long rejects then, and cleans up at once. */
  readonly signal: AbortSignal;
}

/** A part of the bench: measures, cleans up after itself, and rejects when it could not measure. */
export type Part = (options: PartOptions) => Promise<readonly Figure[]>;

/** Whether the figure keeps its bound; one without a bound does. */
function holds({ value, bound }: Figure): boolean {
  return !Number.isNaN(value) && value <= (bound?.atMost ?? Infinity) && value >= (bound?.atLeast ?? -Infinity);
}

/** Measures one round; `round` is 0 for the one that warms up and does not count. */
type Measure = (round: number) => Promise<number>;

/**
 * Measures several kinds of rounds in turns, so that whatever the machine does meanwhile happens to all kinds alike.
 *
 * @returns the values of each kind without those of the warm-up
 */
export async function interleaved<Kind extends string>(
  rounds: number,
  measures: Readonly<Record<Kind, Measure>>,
  onRound: (kind: Kind, round: number) => void,
): Promise<Record<Kind, number[]>> {
  const kinds = Object.keys(measures) as Kind[];
  const measured = Object.fromEntries(kinds.map((kind) => [kind, [] as number[]])) as Record<Kind, number[]>;
  for (let round = 0; round <= rounds; round += 1) {
    for (const kind of kinds) {
      onRound(kind, round);
      const value = await measures[kind](round);
      if (round > 0) measured[kind].push(value);
    }
  }
  return measured;
}

/** `round 2 of 5`, `warm-up`. */
export function roundText(round: number, rounds: number): string {
  return round === 0 ? 'warm-up' : `round ${round} of ${rounds}`;
}

/** The middle of the values, of an even number the mean of the middle two; NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/**
 * The median of the ratios of the rounds. Two values of one round were measured next to each other, so a machine that
 * is slow for a while is slow for both.
 */
export function medianRatio(values: readonly number[], of: readonly number[]): number {
  return median(values.map((value, round) => value / (of[round] ?? Number.NaN)));
}

/** `1,234/s`. */
export function perSecond(value: number): string {
  return `${rate(value)}/s`;
}
