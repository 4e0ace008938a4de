import { readFileSync } from 'node:fs';
import { assemblyError } from './error-codes.ts';

/** Reads a JSON object of the assembly; anything else is an `ASSEMBLY_MALFORMED`. */
export function readJsonFile(path: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw assemblyError('ASSEMBLY_MALFORMED', `${path} cannot be read as JSON: ${reason}.`, 'Run "cdk synth" again.');
  }
  if (!isJsonObject(value)) {
    throw assemblyError('ASSEMBLY_MALFORMED', `${path} is not a JSON object.`, 'Run "cdk synth" again.');
  }
  return value;
}

/** A JSON object of unknown shape: everything in a cloud assembly is one until it is checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value in a message: a string as it is, anything else as JSON, undefined as `nothing`. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
