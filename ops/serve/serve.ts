import {
  type ConsoleLabels,
  consoleLabels,
  EventStream,
  faultKinds,
  faultNames,
  Faults,
  planFaults,
  renderEvent,
  type Runtime,
  startRuntime,
} from 'local-aws';
import { errorText } from '../error-text.ts';
import type { CommandContext } from '../run-command.ts';
import { assemblySource } from './assembly.ts';
import { Changes } from './changes.ts';
import { instructions } from './instructions.ts';
import type { ServeOptions } from './options.ts';

/** Rarer than in `npm run chaos`: somebody watches, and waits are waited. */
const calm = 4;

const say = (text: string) => process.stdout.write(`${text}\n`);

/** `npm run local`: serves until interrupted. @returns the exit code */
export async function serve(options: ServeOptions, { signal }: CommandContext): Promise<number> {
  const color = process.stdout.isTTY && process.stdout.hasColors();
  const events = new EventStream();
  let labels: ConsoleLabels = { functionLabel: (name) => name, queueLabel: (name) => name };
  events.subscribe((event) => {
    const line = renderEvent(event, { color, ...labels });
    if (line !== undefined) say(line);
  });

  if (options.assembly === undefined) say(`Synthesizing the stack with the ${options.preset} preset …`);
  const source = assemblySource(options, signal);
  // From before the assembly is made: a file saved meanwhile is not missed.
  using changes = new Changes(options.watch ? source.watched : []);
  await using runtime = await source.provide((assembly) => startServing(assembly, options, events));
  labels = consoleLabels(runtime.model);
  signal.throwIfAborted();
  if (options.chaos !== undefined) say(chaosNotice(options.chaos));
  say(`ready ${runtime.endpoint.url}\n${instructions(runtime)}`);

  const reload = async () => {
    const startedAtMs = Date.now();
    try {
      await source.provide((assembly) => runtime.reload(assembly));
      labels = consoleLabels(runtime.model);
      say(`Reloaded in ${((Date.now() - startedAtMs) / 1000).toFixed(1)} s.`);
    } catch (error) {
      if (!signal.aborted) say(`Not reloaded, the former version goes on serving.\n${errorText(error)}`);
    }
  };
  await changes.forEach(reload, signal);
  say('Stopping …');
  return 0;
}

function startServing(assembly: string, options: ServeOptions, events: EventStream): Promise<Runtime> {
  const { port, nextFreePort, iam, shuffle, chaos } = options;
  return startRuntime({
    assembly,
    events,
    port,
    nextFreePort,
    iam,
    ...(shuffle === undefined ? {} : { shuffleSeed: shuffle }),
    ...(chaos === undefined ? {} : { faults: new Faults(planFaults(chaos, faultNames, calm), events) }),
  });
}

function chaosNotice(seed: number): string {
  return [
    `Faults of seed ${seed} are injected on purpose; each is a line that begins with FAULT. They are, now and then:`,
    ...Object.entries(faultKinds).map(([name, { what }]) => `  ${name.padEnd(26)}${what}`),
  ].join('\n');
}
