import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder that goes with its scope. */
export class TemporaryFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'order-pipeline-'));

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
