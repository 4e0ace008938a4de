import { consoleLabels, EventStream, renderEvent, startRuntime, systemClock } from 'local-aws';
import { Progress } from '../../orders/terminal/progress.ts';
import { pipelineNames } from '../local-pipeline.ts';
import { isTurned, refuseOutOfRange } from '../knobs.ts';
import { pipelineStackIn, contextOf, stackOf, turnKnobs } from '../pipeline-template.ts';
import type { CommandContext } from '../run-command.ts';
import { synthesize, TemporaryFolder } from '../synthesize.ts';
import type { StartOptions } from './options.ts';
import { MailsOfRun } from './mails.ts';
import { isAccountedFor, outcomeJson, outcomeText } from './outcome.ts';
import { runPipeline } from './run.ts';
import { booksSoFar, Tally } from './tally.ts';
import { Told } from './told.ts';

/** With more orders than this the progress line replaces the functions' log lines. */
const mostOrdersShown = 50;
const defaultCount = 10;
/**
 * The lab's seed when none is given, of the orders and of the arbitrary portions in which they are handed out. It shows
 * the lecture's split over two instances, and whoever repeats the seed that is printed gets the same run again.
 */
const labSeed = 1;

/** `npm start`: one run of the whole pipeline. @returns the exit code */
export async function start(given: StartOptions, { signal }: CommandContext): Promise<number> {
  const options = given.preset === 'lab' ? { ...given, seed: given.seed ?? labSeed } : given;
  const { preset, json = false, shuffle = preset === 'lab' ? options.seed : undefined } = options;
  refuseOutOfRange(options);
  const color = !json && process.stdout.isTTY && process.stdout.hasColors();
  const say = (text: string) => json || process.stdout.write(`${text}\n`);
  using folder = new TemporaryFolder();

  let tally: Tally | undefined;
  let startedAtMs = 0;
  const count = options.count ?? defaultCount;
  using progress = new Progress(process.stderr, systemClock, () =>
    tally === undefined ? 'synthesizing the stack' : soFar(tally, systemClock.now()),
  );
  const soFar = (books: Tally, now: number) =>
    booksSoFar(books, count, now - startedAtMs, now - Math.max(books.lastEndAtMs, startedAtMs));
  say(`Synthesizing the stack ${stackOf(options)} with the ${preset} preset …`);
  const warnings = await synthesize({ outputDirectory: folder.path, context: contextOf(options), signal });
  for (const warning of warnings) progress.print(() => process.stderr.write(`${warning}\n`));

  const stack = pipelineStackIn(folder.path, stackOf(options));
  if (isTurned(options)) turnKnobs(stack, options);
  if (stack.others.length > 0) {
    const note = `Running the stack ${stack.name}, and none of the others: ${stack.others.join(', ')}.\n`;
    progress.print(() => process.stderr.write(note));
  }
  const events = new EventStream();
  await using runtime = await startRuntime({
    assembly: folder.path,
    stacks: [stack.name],
    events,
    clock: systemClock,
    port: 0,
    ...(shuffle === undefined ? {} : { shuffleSeed: shuffle }),
  });
  const names = pipelineNames(runtime.model, stack.name);
  const books = (tally = new Tally(names));
  const told = names.orderEventsTopic === undefined ? undefined : new Told(names.orderEventsTopic);
  const mails =
    names.orderEventsTopic === undefined || names.notificationsQueue === undefined
      ? undefined
      : new MailsOfRun({ topic: names.orderEventsTopic, queue: names.notificationsQueue });
  const labels = { ...consoleLabels(runtime.model), messageLabel: (messageId: string) => books.label(messageId) };
  const showLogs = count <= mostOrdersShown;
  events.subscribe((event) => {
    books.add(event);
    told?.add(event);
    mails?.add(event);
    if (json || (event.type === 'log' && !showLogs)) return;
    const line =
      showLogs || event.type === 'notice'
        ? renderEvent(event, { color, columns: process.stdout.columns, ...labels })
        : undefined;
    if (line !== undefined) progress.print(() => say(line));
  });

  startedAtMs = systemClock.now();
  const outcome = await runPipeline({ runtime, names, tally: books, told, mails, options, clock: systemClock, signal });
  const text = json
    ? outcomeJson(outcome)
    : outcomeText(outcome, {
        color,
        label: labels.messageLabel,
        functionLabel: labels.functionLabel,
        columns: process.stdout.columns,
      });
  // The books are the last word: no progress is shown while the rest is taken down.
  progress[Symbol.dispose]();
  process.stdout.write(`${text}\n`);
  return isAccountedFor(outcome) ? 0 : 1;
}
