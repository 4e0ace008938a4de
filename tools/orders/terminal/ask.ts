import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CommandFailed, UsageError } from '../errors.ts';
import { decodeText, NoText } from '../input/text-of-bytes.ts';
import type { OrdersIo } from '../io.ts';
import { parseExactly } from '../json.ts';

/**
 * Asks before many rows change. It asks on stderr, because stdout is for the result. `--yes` answers beforehand.
 *
 * @throws {UsageError} without a terminal: nobody is there to ask
 */
export async function confirm(io: OrdersIo, yes: boolean, question: string): Promise<boolean> {
  if (yes) return true;
  if (!isSomebodyThere(io)) {
    throw new UsageError(`${question} Nobody is there to ask: add --yes to go on without asking. Nothing was changed.`);
  }
  io.stderr.write(`${question} [y/N] `);
  return /^y(es)?$/i.test((await readAnswer(io)).trim());
}

/** Whether a question on stderr can be answered. */
export function isSomebodyThere({ stdin, stderr }: OrdersIo): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/** The next line, or nothing at the end of the input or on Ctrl-C. */
async function readAnswer({ stdin, signal }: OrdersIo): Promise<string> {
  const lines = createInterface({ input: stdin });
  const { promise, resolve } = Promise.withResolvers<string>();
  const close = () => lines.close();
  signal.addEventListener('abort', close, { once: true });
  lines.once('line', resolve).once('close', () => resolve(''));
  const answer = await promise;
  signal.removeEventListener('abort', close);
  lines.close();
  return answer;
}

/** Dispose of it to delete the file that was edited. */
export interface EditedText extends Disposable {
  /** Compact where it is JSON. */
  readonly body: string;
  /** Keeps the person's text when it is refused. @returns its path */
  keep(): string;
}

/**
 * Lets a person change a text in $VISUAL or $EDITOR. JSON is laid out for reading and made compact again.
 *
 * @throws {UsageError} when there is no editor to start
 * @throws {CommandFailed} when the editor ends with an error, because the person wants no change; when the editor saved
 * what is not UTF-8 or UTF-16, and the file is then kept; when the system has no temporary folder
 */
export async function editText(
  io: OrdersIo,
  { text, name }: { readonly text: string; readonly name: string },
): Promise<EditedText> {
  // An empty variable names no editor. Without a terminal, vi would wait for a person who is not there.
  const isTerminal = io.stdin.isTTY === true && io.stdout.isTTY === true;
  const editor = namedEditor(io.env) ?? (isTerminal ? 'vi' : undefined);
  if (editor === undefined) throw new UsageError('There is no terminal for an editor: change fields with --set.');
  const folder = temporaryFolder(io.env);
  const fileName = `${name.replaceAll(/[^\w-]/g, '_')}.json`;
  let kept = false;
  const dispose = () => kept || rmSync(folder, { recursive: true, force: true });
  try {
    const path = join(folder, fileName);
    const shown = laidOut(text, 2);
    // Orders are personal data: nobody else may read the file.
    writeFileSync(path, `${shown}\n`, { mode: 0o600 });
    await edit(editor, path);
    const edited = asShown(decodeText(readFileSync(path)), shown);
    return {
      body: edited === shown ? text : laidOut(edited, 0),
      keep() {
        kept = true;
        return path;
      },
      [Symbol.dispose]: dispose,
    };
  } catch (error) {
    if (error instanceof NoText) {
      throw new CommandFailed(`${join(folder, fileName)} ${error.message}. Nothing was changed.`);
    }
    dispose();
    throw error;
  }
}

function temporaryFolder({ TMPDIR }: OrdersIo['env']): string {
  try {
    return mkdtempSync(join(TMPDIR || tmpdir(), 'orders-edit-'));
  } catch (error) {
    const { message } = error as NodeJS.ErrnoException;
    throw new CommandFailed(`There is no room for the text: ${message}. Set TMPDIR to a folder that you may write to.`);
  }
}

/** Without the line ends that an editor of another system adds. */
function asShown(edited: string, shown: string): string {
  const text = shown.includes('\r') ? edited : edited.replaceAll('\r\n', '\n');
  return text.replace(/\n$/, '');
}

/** npm sets EDITOR to vi when nobody has named an editor, and so does npx (npm Docs, config `editor`). */
function namedEditor({ VISUAL, EDITOR, npm_command: npmCommand }: OrdersIo['env']): string | undefined {
  const isSetByNpm = npmCommand !== undefined && EDITOR === 'vi';
  return VISUAL || (isSetByNpm ? undefined : EDITOR) || undefined;
}

/** Through the shell, because an editor is a command line: `code --wait`. */
async function edit(editor: string, path: string): Promise<void> {
  const child = spawn('sh', ['-c', `${editor} "$1"`, 'sh', path], { stdio: 'inherit' });
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', reject).once('close', resolve);
  const exitCode = await promise;
  if (exitCode !== 0) throw new CommandFailed(`The editor (${editor}) ended with an error. Nothing was changed.`);
}

function laidOut(text: string, indent: number): string {
  try {
    return JSON.stringify(parseExactly(text), undefined, indent);
  } catch {
    return text;
  }
}
