// The CDK app: what cdk.json names, and what the local runtime starts.
import { createApp } from '../lib/order-pipeline-app.ts';

try {
  createApp().app.synth();
} catch (error) {
  // What a person can mend needs no stack trace.
  const known = error instanceof Error && ['UnknownPresetError', 'InvalidConfigurationError'].includes(error.name);
  console.error(known ? error.message : error);
  process.exitCode = 1;
}
