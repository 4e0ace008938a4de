import { synthesizeProduction } from '../production-assembly.ts';

/** Each batch at a time is a process, and starting one is most of what a run costs. Two is the least AWS takes. */
const maximumConcurrency = 3;

interface Properties {
  ScalingConfig?: { readonly MaximumConcurrency: number };
}

/**
 * The project's own stack, production preset, with one change: fewer batches at a time. Code, batches, attempts,
 * timeouts and policies are those of production.
 */
export function synthesizeForChaos(folder: string, signal: AbortSignal): Promise<void> {
  return synthesizeProduction<Properties>(folder, signal, ({ Type, Properties: properties }) => {
    if (Type !== 'AWS::Lambda::EventSourceMapping' || properties.ScalingConfig === undefined) return;
    const { MaximumConcurrency } = properties.ScalingConfig;
    properties.ScalingConfig = { MaximumConcurrency: Math.min(MaximumConcurrency, maximumConcurrency) };
  });
}
