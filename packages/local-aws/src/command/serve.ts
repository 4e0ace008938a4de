import { join, resolve } from 'node:path';
import { type ConsoleLabels, consoleLabels, renderEvent } from '../console.ts';
import { LocalRuntimeError } from '../errors.ts';
import { EventStream, type RuntimeEvent } from '../events.ts';
import type { Faults } from '../faults/faults.ts';
import { type Runtime, type RuntimeOptions, startRuntime } from '../runtime.ts';
import { systemError } from '../system-errors.ts';
import { Changes } from './changes.ts';

/** What `serve` serves, and how. */
export interface ServeOptions extends Pick<
  RuntimeOptions,
  | 'stacks'
  | 'skip'
  | 'parameters'
  | 'exports'
  | 'queues'
  | 'port'
  | 'nextFreePort'
  | 'apiPort'
  | 'iam'
  | 'shuffleSeed'
  | 'queueWaits'
> {
  readonly source: AssemblySource;
  /** Whether to take on what `source` makes after a change. */
  readonly watch: boolean;
  /** Whether to leave out what the app does: then only problems, and what is served, are printed. Default: no. */
  readonly quiet?: boolean;
  /** Makes the faults to inject. Default: none. */
  readonly faults?: (events: EventStream) => Faults;
  /** Printed before the first line of instructions. */
  readonly notice?: string;
  /**
   * Called when the assembly is served, before the first line. What it answers is disposed of before the runtime ends,
   * and its `lines` are printed.
   */
  readonly onReady?: (runtime: Runtime) => Disposable & { readonly lines: readonly string[] };
  /** Says to a person why an assembly could not be taken on. Default: the message of an error that a person can mend. */
  readonly explain?: (error: unknown) => string;
}

/** Where the cloud assembly comes from. */
export interface AssemblySource {
  /** Files and folders whose changes make another assembly. */
  readonly watched: readonly string[];
  /** Names of files whose changes do not, such as those that `provide` writes. Default: none. */
  readonly unwatched?: RegExp;
  /** Calls `use` with the folder of the assembly, which may be gone once `use` has settled. */
  provide<Result>(use: (directory: string) => Promise<Result>): Promise<Result>;
}

/** An assembly that is there already, and the next ones that `cdk synth` writes to the same folder. */
export function assemblyFolder(path: string): AssemblySource {
  const directory = resolve(path);
  return { watched: [join(directory, 'manifest.json')], provide: (use) => use(directory) };
}

/**
 * Serves an assembly until `signal` aborts, and prints to `stdout` what happens: what is there, each event of the app,
 * and whether a changed assembly was taken on. An assembly that cannot run is refused at the start; later the former
 * one goes on being served.
 *
 * @throws {LocalRuntimeError} for what cannot run here, or what AWS would refuse
 */
export async function serve(options: ServeOptions, stdout: NodeJS.WriteStream, signal: AbortSignal): Promise<void> {
  const { source, watch, quiet = false, notice, faults, onReady, explain = explainError, ...settings } = options;
  const say = (text: string) => stdout.write(`${text}\n`);
  const color = stdout.isTTY && stdout.hasColors();
  const events = new EventStream();
  let labels: ConsoleLabels = { functionLabel: (name) => name, queueLabel: (name) => name };
  events.subscribe((event) => {
    if (quiet && !isProblem(event)) return;
    const line = renderEvent(event, { color, columns: stdout.columns, batches: true, ...labels });
    if (line !== undefined) say(line);
  });

  // From before the assembly is made: a file saved meanwhile is not missed.
  using changes = new Changes(watch ? source.watched : [], source.unwatched);
  await using runtime = await source.provide((assembly) =>
    startRuntime({ ...settings, assembly, events, ...(faults && { faults: faults(events) }) }),
  );
  labels = consoleLabels(runtime.model);
  signal.throwIfAborted();
  if (notice !== undefined) say(notice);
  const { url, port } = runtime.endpoint;
  using ready = onReady?.(runtime);
  say(`ready ${url}`);
  if (settings.port !== 0 && port !== settings.port) say(`Port ${settings.port} is taken, so this is port ${port}.`);
  for (const line of ready?.lines ?? []) say(line);
  say(instructions(runtime));

  await changes.forEach(async () => {
    const startedAtMs = Date.now();
    try {
      await source.provide((assembly) => runtime.reload(assembly));
      labels = consoleLabels(runtime.model);
      say(`Reloaded in ${((Date.now() - startedAtMs) / 1000).toFixed(1)} s.`);
    } catch (error) {
      if (!signal.aborted) say(`Not reloaded, the former version goes on serving.\n${explain(error)}`);
    }
  }, signal);
  say('Stopping …');
}

function isProblem(event: RuntimeEvent): boolean {
  return event.type === 'notice' && event.level !== 'info';
}

/** What a person can mend is its message. Anything else is a defect, and its stack is needed. */
export function explainError(given: unknown): string {
  const error = systemError(given) ?? given;
  if (error instanceof LocalRuntimeError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** What someone at another terminal needs: the variables to export, and what there is. */
export function instructions({ endpoint, model }: Pick<Runtime, 'endpoint' | 'model'>): string {
  const { region } = model;
  return [
    'For the AWS CLI and SDKs, in another terminal:',
    `  export AWS_ENDPOINT_URL=${endpoint.url} AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
    '  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local',
    ...model.functions.map(({ name }) => `  function  ${name}`),
    ...model.queues.map(({ name }) => `  queue     ${endpoint.url}/${model.accountId}/${name}`),
    ...model.topics.map(({ arn }) => `  topic     ${arn}`),
    ...model.tables.map(({ name }) => `  table     ${name}`),
    ...[...model.httpApis, ...model.restApis].map(({ name, url }) => `  api       ${url}  ${name}`),
    ...model.functionUrls.map(({ functionName, url }) => `  url       ${url}  ${functionName}`),
    ...limited(model),
    ...skipped(model),
    ...leftOut(model),
    'Ctrl-C stops it.',
  ].join('\n');
}

/** Resources with the same limit share a line. */
function limited({ limited: resources }: Runtime['model']): string[] {
  const byLimit = Map.groupBy(resources, ({ type, limit }) => `${type}: ${limit}`);
  return [...byLimit].map(([text, same]) => {
    const names = same.map(({ logicalId }) => logicalId);
    return `  served with a limit: ${names.join(', ')}, ${text}`;
  });
}

/** Parts with the same meaning share a line. */
function leftOut({ leftOut: parts }: Runtime['model']): string[] {
  const byMeaning = Map.groupBy(parts, ({ type, meaning }) => `${type}: ${meaning}`);
  return [...byMeaning].map(([text, same]) => {
    const names = same.map(({ logicalId, property }) =>
      property === undefined ? logicalId : `${logicalId}.${property}`,
    );
    return `  left out by choice: ${names.join(', ')}, ${text}`;
  });
}

function skipped({ skipped: resources }: Runtime['model']): string[] {
  if (resources.length === 0) return [];
  const types = [...new Set(resources.map(({ type }) => type))].toSorted();
  const madeUp = Map.groupBy(
    resources.filter((resource) => resource.madeUp !== undefined),
    (resource) => resource.madeUp ?? '',
  );
  return [
    `  without meaning here, skipped: ${types.join(', ')}`,
    ...[...madeUp].map(([text, same]) => `  made up: ${same.map(({ logicalId }) => logicalId).join(', ')}, ${text}`),
  ];
}
