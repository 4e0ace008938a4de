import type { ChangeVisibilityBatch } from './change-visibility.ts';

/** Loads the SDK when it is first needed, once: an instance that meets no failure does without. */
export function lazySqsVisibility(queueUrl: string): () => Promise<ChangeVisibilityBatch> {
  let loaded: Promise<ChangeVisibilityBatch> | undefined;
  return () => (loaded ??= import('./sqs-visibility.ts').then((sqs) => sqs.sqsChangeVisibilityBatch(queueUrl)));
}
