import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from 'local-aws/testing';
import { synthesize } from '../tools/run/synthesize.ts';
import { assembliesVariable } from './runner/assemblies-of-this-run.ts';

/**
 * Fills a folder with the project's own assembly, as the CDK app makes it. Test files that want the same assembly share
 * one synthesis of this run of jest. Each gets a copy of its own, so it may change what it gets.
 *
 * @param context as `cdk synth -c` takes it
 */
export async function copyAssembly(
  outputDirectory: string,
  context: Readonly<Record<string, string>> = {},
): Promise<void> {
  const name = createHash('sha256').update(JSON.stringify(context)).digest('hex');
  const made = join(process.env[assembliesVariable] ?? '', name);
  while (!existsSync(made)) await makeOrWait(made, context);
  cpSync(made, outputDirectory, { recursive: true });
}

/** Makes the assembly, unless another worker makes it. Then this one waits for the other. */
async function makeOrWait(made: string, context: Readonly<Record<string, string>>): Promise<void> {
  const making = `${made}.making`;
  try {
    mkdirSync(making);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    await eventually(
      () => existsSync(making),
      (is) => !is,
    );
    return;
  }
  try {
    await synthesize({ outputDirectory: join(making, 'cdk.out'), context, signal: new AbortController().signal });
    renameSync(join(making, 'cdk.out'), made);
  } finally {
    rmSync(making, { recursive: true });
  }
}
