import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesize } from '../../ops/synthesize.ts';
import { environmentNames } from '../../shared/environment.ts';

/** Still longer than the functions may take, as SQS needs it. In production six times as long, 60 s. */
const visibilityTimeoutSeconds = 3;
const timeoutSeconds = 2;

interface Resource {
  readonly Type: string;
  readonly Properties: {
    VisibilityTimeout?: number;
    Timeout?: number;
    readonly Environment?: { readonly Variables: Record<string, unknown> };
  };
}

/**
 * The project's own stack, production preset, with one change: what a function had when it was killed, and what failed
 * for a passing reason, comes back within seconds instead of minutes. Code, batches, attempts and policies are those
 * of production.
 */
export async function synthesizeHastily(folder: string): Promise<void> {
  const signal = new AbortController().signal;
  await synthesize({ outputDirectory: folder, context: { preset: 'production' }, signal });
  const file = join(folder, 'OrderPipeline.template.json');
  const template = JSON.parse(readFileSync(file, 'utf8')) as { readonly Resources: Readonly<Record<string, Resource>> };
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (Type === 'AWS::SQS::Queue' && Properties.VisibilityTimeout !== undefined) {
      Properties.VisibilityTimeout = visibilityTimeoutSeconds;
    }
    const variables = Properties.Environment?.Variables;
    if (Type !== 'AWS::Lambda::Function' || variables?.[environmentNames.retryCapSeconds] === undefined) continue;
    Properties.Timeout = timeoutSeconds;
    variables[environmentNames.retryCapSeconds] = String(visibilityTimeoutSeconds);
  }
  writeFileSync(file, JSON.stringify(template));
}
