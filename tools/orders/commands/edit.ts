import type { Command } from 'commander';
import { collected, exitCodes, idArgument } from '../command-line.ts';
import type { OrdersContext, Run } from '../context.ts';
import { CommandFailed } from '../errors.ts';
import { mistakeIn } from '../input/json-scanner.ts';
import { difference, isEdited, mendedBody, parseAssignment } from '../json.ts';
import { findFailed } from '../ledger/find-failure.ts';
import { editRefusal, mend, sizeRefusal } from '../ledger/mend.ts';
import { judge } from '../ledger/replay.ts';
import { editText } from '../terminal/ask.ts';
import { isoTime } from '../time.ts';
import { changeLines } from './text.ts';

interface EditOptions {
  readonly set?: readonly string[];
  readonly dryRun?: boolean;
}

export function defineEdit(program: Command, run: Run): void {
  program
    .command('edit')
    .summary('mend one failure')
    .description(
      'Changes the body of a failed order, by --set or in your $EDITOR, and shows the difference. ' +
        'Refuses while the order does not pass the schema. Replay sends it.',
    )
    .argument('<id>', 'id of the order or the failure (first digits will do)', idArgument)
    .option('--set <pointer=value>', 'put a JSON value or a text at a JSON pointer; may stand several times', collected)
    .option('--dry-run', 'show the difference, and change nothing')
    .addHelpText(
      'after',
      `\nA value that reads as JSON is JSON: /items='["tea"]', /count=3, /name='"3"'.\n\nExample: orders edit 7d3c…a1 --set /customerAddress="1 Main Street"`,
    )
    .action((id: string, options: EditOptions) => run((context) => edit(context, id, options)));
}

async function edit(context: OrdersContext, id: string, { set, dryRun = false }: EditOptions): Promise<number> {
  const { io, paint } = context;
  const assignments = set?.map(parseAssignment);
  const orders = await context.table();
  const failure = await findFailed(orders, id, { hint: context.hint });
  const { failureId } = failure;
  const refused = editRefusal(failure);
  if (refused !== undefined) throw new CommandFailed(`Failure ${failureId} ${refused}. Nothing was changed.`);
  using text =
    assignments === undefined ? await editText(io, { text: failure.body, name: `order-${failureId}` }) : undefined;
  const mended = text ?? mendedBody(failure.body, assignments ?? []);
  if ('problem' in mended) throw new CommandFailed(`Failure ${failureId} ${mended.problem}.`);

  const changed = isEdited(failure.body, mended.body);
  const kept = () => (text === undefined ? '' : ` Your text is kept in ${text.keep()}.`);
  const tooLarge = changed ? sizeRefusal(failure, mended.body, io.user) : undefined;
  if (tooLarge !== undefined)
    throw new CommandFailed(`Failure ${failureId} ${tooLarge}. Nothing was changed.${kept()}`);
  const verdict = await judge(orders, failure, mended.body);
  const edited = changed && verdict.passes && !dryRun;
  const changes = difference(failure.body, mended.body);
  if (edited) {
    const problem = await mend(orders, failure, { body: mended.body, by: io.user, at: isoTime(io.clock.now()) });
    if (problem !== undefined)
      throw new CommandFailed(`Failure ${failureId} ${problem}. Nothing was changed; try again.`);
  }
  if (context.json) {
    await context.printJson({
      failureId,
      edited,
      dryRun,
      passes: verdict.passes,
      reasons: verdict.passes ? [] : verdict.reasons,
      changes,
    });
    return verdict.passes ? exitCodes.done : exitCodes.notAllDone;
  }
  await context.print(...changeLines(failure.body, mended.body, paint));
  if (!verdict.passes) {
    const mistake = mistakeIn(mended.body);
    const reasons = verdict.reasons.join(', ');
    const where = mistake === undefined ? ' ' : `\nIn your text, ${mistake.text}\n`;
    throw new CommandFailed(`It would fail again: ${reasons}.${where}Nothing was changed.${kept()}`);
  }
  if (!changed) await context.print('Nothing is different, so nothing was changed.');
  else if (dryRun) await context.print('It would pass. Nothing was changed.');
  else await context.print(paint('green', `Changed. "${context.hint('replay', [id])}" sends it.`));
  return exitCodes.done;
}
