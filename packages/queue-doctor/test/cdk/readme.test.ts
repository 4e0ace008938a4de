import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const packageFolder = fileURLToPath(new URL('../../', import.meta.url));
const readme = readFileSync(join(packageFolder, 'README.md'), 'utf8');

test('the example of the README runs, and stops with what the README says', () => {
  const [, example, stopsWith] = /```ts\n([^]*?)```[^]*?stops with:\n\n```\n([^]*?)\n```/.exec(readme)!;
  const outdir = mkdtempSync(join(tmpdir(), 'queue-doctor-readme-'));
  try {
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-'], {
      input: example!,
      // From here the example finds what it imports.
      cwd: packageFolder,
      env: { ...process.env, CDK_OUTDIR: outdir },
      encoding: 'utf8',
    });
    expect(stderr).toContain(stopsWith);
    expect(status).not.toBe(0);
  } finally {
    rmSync(outdir, { recursive: true });
  }
});
