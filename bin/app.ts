// The CDK app: what cdk.json names, and what the local runtime starts.
import { explainError } from '../lib/explain-error.ts';
import { createApp } from '../lib/order-pipeline-app.ts';

try {
  const { app } = createApp();
  // As the CDK's own validation, and loaded only for it: the rules take 0.1 s to load.
  if (process.env['CDK_VALIDATION'] !== 'false') (await import('../lib/nag.ts')).reviewWithNag(app);
  app.synth();
} catch (error) {
  console.error(explainError(error));
  process.exitCode = 1;
}
