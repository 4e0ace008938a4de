import { availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import type { Paint } from '../ops/terminal/output.ts';
import { table } from '../ops/terminal/table.ts';
import { type Figure, holds } from './figure.ts';

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

/** Three digits are more than a measurement is good for. */
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
