import { expect, test } from '@jest/globals';
import { UsageError } from '../../../../tools/orders/errors.ts';
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
