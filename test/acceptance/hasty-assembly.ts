import { synthesizeProduction } from '../../tools/run/synthesize.ts';
import { environmentNames } from '../../shared/pipeline.ts';

/** Still longer than the functions may take, as SQS needs it. In production six times as long, 60 s. */
const visibilityTimeoutSeconds = 3;
const timeoutSeconds = 2;

interface Properties {
  VisibilityTimeout?: number;
  Timeout?: number;
  readonly Environment?: { readonly Variables: Record<string, unknown> };
}

/**
 * The project's own stack, production preset, with one change: what a function had when it was killed, and what failed
 * for a passing reason, comes back within seconds instead of minutes. Code, batches, attempts and policies are those
 * of production.
 */
export function synthesizeHastily(folder: string): Promise<void> {
  const signal = new AbortController().signal;
  return synthesizeProduction<Properties>(folder, signal, ({ Type, Properties: properties }) => {
    if (Type === 'AWS::SQS::Queue' && properties.VisibilityTimeout !== undefined) {
      properties.VisibilityTimeout = visibilityTimeoutSeconds;
    }
    const variables = properties.Environment?.Variables;
    if (Type !== 'AWS::Lambda::Function' || variables?.[environmentNames.retryCapSeconds] === undefined) return;
    properties.Timeout = timeoutSeconds;
    variables[environmentNames.retryCapSeconds] = String(visibilityTimeoutSeconds);
  });
}
