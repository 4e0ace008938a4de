import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names the folder for assemblies that test files of one run share (test/synthesized.ts). */
export const assembliesVariable = 'TEST_ASSEMBLIES';

/** Makes the folder before a run. It goes with the process of jest. */
export default function makeFolder(): void {
  const folder = mkdtempSync(join(tmpdir(), 'assemblies-of-this-run-'));
  process.env[assembliesVariable] = folder;
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
}
