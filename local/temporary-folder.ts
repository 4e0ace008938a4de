import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProcessGuard } from './process-guard.ts';

/**
 * A temporary folder that goes with its scope and, should the process be killed with -9, soon after it. Nobody else may
 * enter it, and nobody can foresee its name (mkdtemp).
 */
export class TemporaryFolder {
  readonly path: string;
  readonly #guard = new ProcessGuard();

  /** @param prefix tells people whose it is: `local-runtime-` */
  constructor(prefix: string) {
    this.path = realpathSync(mkdtempSync(join(tmpdir(), prefix)));
    this.#guard.start();
    this.#guard.removeAtEnd(this.path);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
    this.#guard.release();
  }
}
