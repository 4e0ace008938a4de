// The CDK app: what cdk.json names, and what the local runtime starts.
import { createApp } from '../lib/order-pipeline-app.ts';

try {
  const { app } = createApp();
  // As the CDK's own validation, and loaded only for it: the rules take 0.1 s to load.
  if (process.env['CDK_VALIDATION'] !== 'false') (await import('../lib/nag.ts')).reviewWithNag(app);
  app.synth();
} catch (error) {
  // What a person can mend needs no stack trace.
  const known =
    error instanceof Error &&
    ['UnknownPresetError', 'InvalidConfigurationError', 'ValidationFailed', 'ValidationFailedWithErrors'].includes(
      error.name,
    );
  console.error(known ? error.message : error);
  process.exitCode = 1;
}
