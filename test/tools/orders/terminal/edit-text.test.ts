import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { CommandFailed, UsageError } from '../../../../tools/orders/errors.ts';
import type { OrdersIo } from '../../../../tools/orders/io.ts';
import { editText } from '../../../../tools/orders/terminal/ask.ts';
import { ordersIo } from '../collected-io.ts';

const text = { text: '{"items":[]}', name: 'order' };

function ioWith(terminals: { readonly stdin: boolean; readonly stdout: boolean }, env: OrdersIo['env']): OrdersIo {
  const { io } = ordersIo();
  return {
    ...io,
    stdin: Object.assign(io.stdin, { isTTY: terminals.stdin }),
    stdout: { ...io.stdout, isTTY: terminals.stdout },
    env,
  };
}

test.each([
  ['neither stdin nor stdout', { stdin: false, stdout: false }, {}],
  ['only stdin', { stdin: true, stdout: false }, {}],
  ['only stdout', { stdin: false, stdout: true }, {}],
  ['no stdout, and empty variables', { stdin: true, stdout: false }, { VISUAL: '', EDITOR: '' }],
  ['neither, and npm has named vi,', { stdin: false, stdout: false }, { EDITOR: 'vi', npm_command: 'exec' }],
])('no editor is started that nobody asked for when %s is a terminal', async (_what, terminals, env) => {
  // A vi that was started all the same would fail here, with another error.
  const path = process.env['PATH'];
  process.env['PATH'] = '/nowhere';
  try {
    const editing = editText(ioWith(terminals, env), text);
    await expect(editing).rejects.toThrow(UsageError);
    await expect(editing).rejects.toThrow('There is no terminal for an editor: change fields with --set.');
  } finally {
    process.env['PATH'] = path;
  }
});

test('an editor that is named runs without a terminal, $VISUAL before $EDITOR, and an empty one names none', async () => {
  const nowhere = { stdin: false, stdout: false };
  for (const env of [
    { VISUAL: 'true', EDITOR: 'false' },
    { VISUAL: '', EDITOR: 'true' },
    { EDITOR: 'true', npm_command: 'exec' },
  ]) {
    using edited = await editText(ioWith(nowhere, env), text);
    expect(edited.body).toBe(text.text);
  }
});

const folder = mkdtempSync(join(tmpdir(), 'orders-editor-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** An editor that saves bytes. */
function editorSaving(bytes: Buffer): OrdersIo['env'] {
  const saved = join(folder, 'saved');
  const editor = join(folder, 'editor.sh');
  writeFileSync(saved, bytes);
  writeFileSync(editor, `#!/bin/sh\ncat '${saved}' > "$1"\n`);
  chmodSync(editor, 0o755);
  return { EDITOR: editor };
}

const bom = '\uFEFF';

test.each<[string, string, Buffer, string]>([
  ['a byte order mark', text.text, Buffer.from(`${bom}{"items":["tea"]}`), '{"items":["tea"]}'],
  ['CRLF', text.text, Buffer.from('{\r\n  "items": ["tea"]\r\n}\r\n'), '{"items":["tea"]}'],
  ['UTF-16', text.text, Buffer.from(`${bom}{"items":["tée"]}\r\n`, 'utf16le'), '{"items":["tée"]}'],
  ['CRLF and nothing else', '{"a":', Buffer.from(`${bom}{"a":\r\n`), '{"a":'],
  ['CRLF in what is no JSON', '{"a":', Buffer.from('{"a":\r\n"b"\r\n'), '{"a":\n"b"'],
  ['the line ends of the body', '{"a":\r\n', Buffer.from('{"a":\r\n"b"'), '{"a":\r\n"b"'],
])('an editor that saves %s spoils no edit', async (_what, before, saved, after) => {
  const io = ioWith({ stdin: false, stdout: false }, editorSaving(saved));
  using edited = await editText(io, { text: before, name: 'order' });
  expect(edited.body).toBe(after);
});

test('without a temporary folder, the way out is told', async () => {
  const editing = editText(ioWith({ stdin: false, stdout: false }, { EDITOR: 'true', TMPDIR: '/nowhere' }), text);
  await expect(editing).rejects.toThrow(CommandFailed);
  await expect(editing).rejects.toThrow(/^There is no room for the text: ENOENT.*Set TMPDIR to a folder/);
});

test('what an editor saves in another encoding is refused and kept', async () => {
  const saved = Buffer.from('{"items":["tée"]}', 'latin1');
  const editing = editText(ioWith({ stdin: false, stdout: false }, editorSaving(saved)), text);
  const fault = await editing.then(() => undefined).catch((error: unknown) => error as Error);
  expect(fault).toBeInstanceOf(CommandFailed);
  const [, path = ''] = /^(\S+) is not UTF-8: .+ Nothing was changed\.$/.exec(fault!.message) ?? [];
  expect(readFileSync(path)).toEqual(saved);
  rmSync(dirname(path), { recursive: true });
});
