import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CommandFailed } from '../command-failed.ts';
import { UsageError } from '../command-line.ts';
import { readLines } from '../json/read-lines.ts';
import type { ExportedFailure } from './purge.ts';

/** A new NDJSON file of failures. Dispose of it to close it. */
export class ExportFile implements AsyncDisposable {
  readonly #path: string;
  readonly #file: FileHandle;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** @throws {UsageError} when there is such a file already, or it cannot be made */
  static async create(path: string): Promise<ExportFile> {
    try {
      // Personal data: for its owner alone.
      return new ExportFile(path, await open(path, 'wx', 0o600));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const why = code === 'EEXIST' ? 'exists already: name a new file' : `cannot be written: ${message}`;
      throw new UsageError(`--export ${path} ${why}.`);
    }
  }

  async append(failure: ExportedFailure): Promise<void> {
    await this.#file.appendFile(`${JSON.stringify(failure)}\n`);
  }

  /** Resolves once all of it is on the disk, and its name in the folder, too. */
  async sync(): Promise<void> {
    await this.#file.sync();
    await using folder = await open(dirname(this.#path), 'r');
    await folder.sync();
  }

  /** Takes the file away again: it is empty, or not complete. */
  async remove(): Promise<void> {
    await rm(this.#path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

/** The failures in a file, one at a time. */
export async function* readExport(path: string): AsyncGenerator<ExportedFailure> {
  let lineNumber = 0;
  for await (const line of readLines(createReadStream(path, 'utf8'))) {
    lineNumber += 1;
    try {
      yield JSON.parse(line) as ExportedFailure;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new CommandFailed(
        `Line ${lineNumber} of ${path} cannot be read back. The failures from there on were not deleted.`,
      );
    }
  }
}
