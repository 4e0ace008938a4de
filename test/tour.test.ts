import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { projectRoot } from '../tools/run/synthesize.ts';

const textOf = (file: string) => readFileSync(join(projectRoot, file), 'utf8');
const linesOf = (file: string) => textOf(file).split('\n').length - 1;

const tour = textOf('docs/tour.md');

interface Stop {
  readonly number: number;
  readonly file: string;
  /** As the page says. */
  readonly lines: number;
  readonly minutes: number;
  /** What to look for: each stands in the file. */
  readonly symbols: readonly string[];
}

/** A stop is a numbered heading, a line with the file and its size, and a list of what to look for. */
const stops: readonly Stop[] = [...tour.matchAll(/^### (\d+)\. .+\n\n(.+)\n\n((?:- .+\n)+)/gm)].map(
  ([, number, size, list]) => {
    const [, file, link, lines, minutes] =
      /^\[(\S+)\]\(\.\.\/(\S+)\): about ([\d,]+) lines, (\d+) minutes\.$/.exec(size!) ?? [];
    if (file === undefined || file !== link) throw new Error(`Stop ${number} does not name its file: ${size}`);
    const symbols = [...list!.matchAll(/^- `([^`]+)`: /gm)].map(([, symbol]) => symbol!);
    return { number: Number(number), file, lines: Number(lines), minutes: Number(minutes), symbols };
  },
);

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const roundedToTens = (count: number) => Math.round(count / 10) * 10;

describe('the tour', () => {
  test('says how many files, lines and minutes it has', () => {
    const [, files, lines, minutes] = /in an hour and a quarter: (\d+) files, about ([\d,]+) lines, (\d+) minutes/.exec(
      tour,
    )!;
    const said = { files: Number(files), lines: Number(lines!.replaceAll(',', '')), minutes: Number(minutes) };
    expect(said).toEqual({
      files: stops.length,
      lines: sum(stops.map((stop) => stop.lines)),
      minutes: sum(stops.map((stop) => stop.minutes)),
    });
    expect(said.minutes).toBe(75);
  });

  test('is about a dozen files, numbered without a gap, each of them once', () => {
    expect(stops.map(({ number }) => number)).toEqual(stops.map((_, index) => index + 1));
    expect(tour.match(/^### \d+\./gm)).toHaveLength(stops.length);
    expect(new Set(stops.map(({ file }) => file)).size).toBe(stops.length);
    expect(Math.abs(stops.length - 12)).toBeLessThanOrEqual(1);
  });

  test.each(stops)('says how long $file is, to ten lines or a tenth', ({ file, lines }) => {
    const isWrong = Math.abs(linesOf(file) - lines) > Math.max(10, lines / 10);
    expect(isWrong ? `${file}: about ${roundedToTens(linesOf(file))} lines` : '').toBe('');
  });

  test.each(stops)('gives time to read $file: at most 50 lines a minute', ({ file, minutes }) => {
    expect(linesOf(file) / minutes).toBeLessThanOrEqual(50);
  });

  test.each(stops)('names in $file only what is there', ({ file, symbols }) => {
    expect(symbols.length).toBeGreaterThanOrEqual(3);
    const text = textOf(file);
    expect(symbols.filter((symbol) => !new RegExp(`\\b${symbol}\\b`).test(text))).toEqual([]);
  });

  test('has things to try after each third stop', () => {
    const [, ...parts] = tour.split(/^### Try it$/m);
    const before = [...tour.matchAll(/^### (?:(\d+)\.|Try it)/gm)].flatMap(([, number], index, all) =>
      number === undefined ? [Number(all[index - 1]![1])] : [],
    );
    expect(before).toEqual(stops.map(({ number }) => number).filter((number) => number % 3 === 0));
    for (const part of parts) expect(part).toContain('```\nnp');
  });

  test('has changes to try whose line is in the file', () => {
    const changes = [...tour.matchAll(/^```diff\n--- (\S+)\n-(.+)\n\+(.+)\n```$/gm)];
    expect(changes.length).toBeGreaterThanOrEqual(3);
    expect(tour.match(/^```diff$/gm)).toHaveLength(changes.length);
    // Behind the last property of a schema another one may have been added, with a comma between the two.
    const lost = changes.filter(
      ([, file, line]) => !textOf(file!).replaceAll(/,$/gm, '').split('\n').includes(line!.replace(/,$/, '')),
    );
    expect(lost.map(([, file, line]) => `${file}: ${line}`)).toEqual([]);
  });

  test('names only files that there are', () => {
    const named = [...tour.matchAll(/(?<![\w./])(?:bin|lib|lambdas|shared|test|tools|packages)\/[\w/-]+(?:\.\w+)+/g)];
    expect(named.map(([path]) => path).filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
  });

  test('quotes test names that there are', () => {
    const quoted = [...tour.matchAll(/^● .+ › (.+)$/gm)].map(([, name]) => name!);
    const files = [...tour.matchAll(/^npm test -- (\S+)$/gm)].map(([, file]) => textOf(file!)).join('\n');
    // A number in a test's name can come from a figure of the test.
    const parts = quoted.flatMap((name) => name.split(/ [\d,]+ /));
    expect(parts.filter((part) => !files.includes(part))).toEqual([]);
  });
});

describe('the README', () => {
  const readme = textOf('README.md').split('\n').slice(0, -1);

  test('has at most 130 lines, and fits into a terminal of 80 columns', () => {
    expect(readme.length).toBeLessThanOrEqual(130);
    expect(readme.filter((line) => line.length > 80)).toEqual([]);
  });

  test('names folders that there are', () => {
    const folders = readme.flatMap((line) => /^([\w/-]+\/) {2,}\w/.exec(line)?.[1] ?? []);
    expect(folders.length).toBeGreaterThanOrEqual(8);
    expect(folders.filter((folder) => !existsSync(join(projectRoot, folder)))).toEqual([]);
  });

  test('says as the tour does how long the tour takes', () => {
    expect(readme.join(' ')).toContain('in an hour and a quarter');
  });

  test('says in its first 40 lines what to run and what comes of it', () => {
    const screen = readme.slice(0, 40).join('\n');
    expect(screen).toContain('npm ci && npm start');
    expect(screen).toContain('npm ci && npm test');
    expect(screen).toContain('✔ every order is accounted for');
  });
});
