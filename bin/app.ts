// The CDK app: cdk.json names this file, and the local runtime starts it.
import { createApp, explainError } from '../lib/order-pipeline-app.ts';

try {
  const { app } = createApp();
  // The review belongs to the CDK's own validation. Its rules take 0.1 s to load, so they are loaded only here.
  if (process.env['CDK_VALIDATION'] !== 'false') (await import('../lib/nag.ts')).reviewWithNag(app);
  app.synth();
} catch (error) {
  console.error(explainError(error));
  process.exitCode = 1;
}
