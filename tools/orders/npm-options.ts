import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command, Option } from 'commander';
import { UsageError } from './errors.ts';
import { shellWord } from './terminal/shell.ts';

type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/**
 * Refuses a command line whose options npm kept for itself. npm hands on only what stands behind `--`. It reads the
 * options before that as its own settings and passes them on in variables: `npm run orders status --json` starts
 * `orders status` with `npm_config_json=true`. Without this, `npm run orders generate --local` would ask AWS.
 *
 * @param script of package.json: `orders`, or that of one of its commands
 * @param program with all its options and commands
 * @param args what npm handed on
 * @throws {UsageError} with the command line that was meant
 */
export function refuseOptionsOfNpm(
  script: string,
  program: Command,
  args: readonly string[],
  env: EnvironmentVariables,
): void {
  // npx sets another name, and scripts that call each other inherit the variables of the first.
  if (env['npm_lifecycle_event'] !== script) return;
  const command = program.commands.find((each) => args.includes(each.name()));
  // `npm run smoke` starts `orders smoke`.
  const handedOn = args[0] === script ? args.slice(1) : args;
  const options = [...program.options, ...(command?.options ?? [])];
  const kept = options
    .filter(({ long = '', short = '' }) => !args.includes(long) && !args.includes(short))
    .flatMap((option) => [...keptBy(env, option), ...keptQuiet(option, handedOn, env)]);
  if (options.some(({ long }) => long === '--local') && keptLocal(script, handedOn, env)) {
    kept.push({ flag: '--local', words: ['--local'] });
  }
  if (kept.length === 0) return;
  const start = script === 'start' ? 'npm start' : `npm run ${script}`;
  const words = lineOf(handedOn, command, kept).map((word) => shellWord(word));
  throw new UsageError(
    `npm kept ${kept.map(({ flag }) => flag).join(', ')} for itself: options stand behind "--". ` +
      `Nothing was done. Type: ${start} -- ${words.join(' ')}` +
      // npm's own option has one value, whatever the option of the command has.
      (kept.some(({ flag }) => flag === '-c') ? ' (of several -c, npm knows only the last)' : ''),
  );
}

interface KeptOption {
  readonly flag: string;
  /** The words of the option as they should be typed. */
  readonly words: readonly string[];
  /** Stands for the value that npm did not keep with the option. */
  readonly placeholder?: string;
}

/** The words that were meant. npm takes `--count 5` for a setting without a value, and hands on the 5. */
function lineOf(args: readonly string[], command: Command | undefined, kept: readonly KeptOption[]): readonly string[] {
  const withoutValue = kept.filter(({ placeholder }) => placeholder !== undefined);
  const last = args.at(-1);
  const isValue = withoutValue.length === 1 && last !== undefined && last !== command?.name();
  const value = isValue ? last : undefined;
  const options = kept.flatMap(({ words, placeholder }) =>
    placeholder === undefined ? words : [...words, value ?? placeholder],
  );
  return [...(isValue ? args.slice(0, -1) : args), ...options];
}

/**
 * Short options that npm has as well, and the settings that they are for npm (npm's documentation, "Shorthands"). Of a
 * letter that npm does not know, npm makes a setting of this name.
 */
const shortOptionsOfNpm: Readonly<Record<string, string>> = {
  '-a': 'all',
  '-c': 'call',
  '-f': 'force',
  '-p': 'parseable',
  '-y': 'yes',
};

/** `-q` and `--quiet` are `--loglevel warn` for npm. Where options are handed on, npm was meant: it stood before `--`. */
function keptQuiet({ long = '', short = '' }: Option, args: readonly string[], env: EnvironmentVariables) {
  if (long !== '--quiet' || args.some((word) => word.startsWith('-'))) return [];
  const { npm_config_loglevel: level, NPM_CONFIG_LOGLEVEL: chosen } = env;
  if (level !== 'warn' || chosen !== undefined || isInNpmrc('loglevel', env)) return [];
  const flag = short === '' ? long : short;
  return [{ flag, words: [flag] }];
}

function keptBy(env: EnvironmentVariables, option: Option): readonly KeptOption[] {
  const { long = '', short = '' } = option;
  const name = long.replace(/^--(no-)?/, '');
  const kept = keptAs(name, long, env, option);
  const setting = shortOptionsOfNpm[short] ?? short.slice(1);
  return kept.length > 0 || short === '' || setting === name ? kept : keptAs(setting, short, env, option);
}

function keptAs(name: string, flag: string, env: EnvironmentVariables, option: Option): readonly KeptOption[] {
  const key = `npm_config_${name.replaceAll('-', '_')}`;
  const value = env[key];
  if (value === undefined || env[key.toUpperCase()] !== undefined || isInNpmrc(name, env)) return [];
  if (option.negate) return value === '' || value === 'false' ? [{ flag, words: [flag] }] : [];
  if (value === '') return [];
  if (option.isBoolean()) return value === 'true' ? [{ flag, words: [flag] }] : [];
  if (value === 'true') return [{ flag, words: [flag], placeholder: 'VALUE' }];
  return [{ flag, words: value.split('\n\n').flatMap((each) => [flag, each]) }];
}

/** Whether a file of npm's settings has the setting: then somebody wants it so for npm. */
function isInNpmrc(name: string, env: EnvironmentVariables): boolean {
  const { npm_config_userconfig: user, npm_config_globalconfig: machine, npm_package_json: manifest } = env;
  const project = manifest === undefined ? undefined : join(dirname(manifest), '.npmrc');
  return [project, user, machine].some((path) => {
    if (path === undefined) return false;
    const settings = textOf(path).split('\n');
    return settings.some((line) => line.split('=')[0]?.trim().replaceAll('_', '-') === name);
  });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** npm has started this process a moment ago; this allows for a slow machine. */
const startMs = 60_000;

/**
 * Whether npm kept `--local`. npm reads this option as `--no-global`, its own default, so that no variable tells it. Only
 * npm's log of its last start does: a line `title npm run orders generate` and a line `argv … "--no-global"`.
 */
function keptLocal(script: string, args: readonly string[], env: EnvironmentVariables): boolean {
  const { npm_config_logs_dir: logs, npm_config_cache: cache } = env;
  const folder = logs ?? (cache === undefined ? undefined : join(cache, '_logs'));
  if (folder === undefined || args.includes('--local')) return false;
  const title = [script, ...args].join(' ');
  const log = newestLogs(folder)
    .map((path) => textOf(path).split('\n'))
    .find((lines) => lines.some((line) => line.includes(' verbose title npm ') && line.endsWith(title)));
  return log?.some((line) => / verbose argv .*"--(no-global|local)"/.test(line)) ?? false;
}

function newestLogs(folder: string): readonly string[] {
  try {
    // Their names begin with the time.
    const names = readdirSync(folder).filter((name) => name.endsWith('-debug-0.log'));
    const paths = names
      .toSorted()
      .toReversed()
      .map((name) => join(folder, name));
    return paths.filter((path) => Date.now() - statSync(path).mtimeMs < startMs);
  } catch {
    return [];
  }
}
