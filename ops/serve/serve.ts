import { resolve } from 'node:path';
import { type ConsoleLabels, consoleLabels } from '../../local/console/labels.ts';
import { renderEvent } from '../../local/console/render-event.ts';
import { LocalRuntimeError } from '../../local/errors.ts';
import { EventStream } from '../../local/events.ts';
import { type Runtime, startRuntime } from '../../local/runtime.ts';
import type { CommandContext } from '../run-command.ts';
import { SynthesisFailed, synthesize } from '../synthesize.ts';
import { TemporaryFolder } from '../temporary-folder.ts';
import type { ServeOptions } from './options.ts';
import { watchChanges } from './watch-changes.ts';

/** What the CDK app is made of: a change in any of these asks for a new synthesis. */
const sources = ['bin/app.ts', 'cdk.json', 'lib', 'lambdas', 'shared'];

/** `npm run local`: serves until interrupted. @returns the exit code */
export async function serve(options: ServeOptions, { signal }: CommandContext): Promise<number> {
  await using folders = new AsyncDisposableStack();
  const color = process.stdout.isTTY && process.stdout.hasColors();
  const say = (text: string) => process.stdout.write(`${text}\n`);

  /** Each synthesis gets a folder of its own: the functions that run still read theirs. */
  const assembly = async (): Promise<string> => {
    if (options.assembly !== undefined) return resolve(options.assembly);
    const folder = folders.use(new TemporaryFolder());
    await synthesize({ outputDirectory: folder.path, context: { preset: options.preset }, signal });
    return folder.path;
  };

  if (options.assembly === undefined) say(`Synthesizing the stack with the ${options.preset} preset …`);
  const directory = await assembly();
  const events = new EventStream();
  let labels: ConsoleLabels = { functionLabel: (name) => name, queueLabel: (name) => name };
  events.subscribe((event) => {
    const line = renderEvent(event, { color, ...labels });
    if (line !== undefined) say(line);
  });
  await using runtime = await startRuntime({
    assembly: directory,
    events,
    port: options.port,
    nextFreePort: options.nextFreePort,
    iam: options.iam,
    ...(options.shuffle === undefined ? {} : { shuffleSeed: options.shuffle }),
  });
  labels = consoleLabels(runtime.model);
  signal.throwIfAborted();
  say(`ready ${runtime.endpoint.url}`);
  say(instructions(runtime));

  const reload = async () => {
    const startedAtMs = Date.now();
    try {
      await runtime.reload(await assembly());
      labels = consoleLabels(runtime.model);
      say(`Reloaded in ${((Date.now() - startedAtMs) / 1000).toFixed(1)} s.`);
    } catch (error) {
      if (!(error instanceof SynthesisFailed || error instanceof LocalRuntimeError)) throw error;
      say(`Not reloaded, the former version goes on serving.\n${error.message}`);
    }
  };
  const watched = options.assembly === undefined ? sources : [resolve(options.assembly, 'manifest.json')];
  if (options.watch) await watchChanges(watched, reload, signal);
  else await new Promise((stop) => signal.addEventListener('abort', stop, { once: true }));
  say('Stopping …');
  return 0;
}

function instructions({ endpoint, model }: Runtime): string {
  const { region } = model;
  return [
    'For the AWS CLI and SDKs, in another terminal:',
    `  export AWS_ENDPOINT_URL=${endpoint.url} AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
    '  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local',
    ...model.functions.map(({ name }) => `  function  ${name}`),
    ...model.queues.map(({ name }) => `  queue     ${endpoint.url}/${model.accountId}/${name}`),
    ...skipped(model),
    'Ctrl-C stops it.',
  ].join('\n');
}

function skipped({ skipped: resources }: Runtime['model']): string[] {
  if (resources.length === 0) return [];
  const types = [...new Set(resources.map(({ type }) => type))].toSorted();
  return [`  without meaning here, skipped: ${types.join(', ')}`];
}
