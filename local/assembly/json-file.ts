import { readFileSync } from 'node:fs';
import { assemblyError } from './error-codes.ts';
import { isJsonObject } from './json.ts';
import type { JsonObject } from './json.ts';

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
