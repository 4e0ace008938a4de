import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import { attributeValues, fromItem } from '../../../shared/ledger/expressions.ts';
import type { FailureRow } from '../../../shared/ledger/rows.ts';
import { purged } from '../../../shared/ledger/transitions.ts';
import { CommandFailed, UsageError } from '../errors.ts';
import { readLines } from '../streams.ts';
import type { FailureSummary } from './failures.ts';
import { deleteRow, type TableConnection } from './table.ts';

/** A failure as one line of an export: the whole row. */
export type ExportedFailure = Omit<FailureRow, 'recordedMessages'> & { readonly recordedMessages: readonly string[] };

/** What DynamoDB holds as a set becomes a list, which JSON can hold. */
export function exportedFailure(row: FailureRow): ExportedFailure {
  return { ...row, recordedMessages: [...row.recordedMessages] };
}

/** `changed`: since its export. The failure is left alone then. */
export type Deletion = 'deleted' | 'changed';

/** Deletes a failure that was exported. */
export async function deleteExported(table: TableConnection, exported: ExportedFailure): Promise<Deletion> {
  return (await deleteRow(table, purged(exported))) ? 'deleted' : 'changed';
}

/**
 * Failures whose replay was processed, in no order. They are in no index, so the whole table is read: half a read unit
 * for each 4 KB.
 */
export async function* processedFailures(table: TableConnection, before: string): AsyncGenerator<FailureSummary> {
  const pages = paginateScan(
    { client: table.client },
    {
      TableName: table.name,
      FilterExpression: '#status = :processed AND failedAt < :before',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: attributeValues({ ':processed': 'processed', ':before': before }),
    },
  );
  for await (const { Items = [] } of pages) for (const item of Items) yield fromItem<FailureSummary>(item);
}

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
      // Orders are personal data: only the owner of the file may read it.
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

  /** Deletes the file: it is empty, or not complete. */
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
