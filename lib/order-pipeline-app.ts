import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { App, type AppProps, Errors } from 'aws-cdk-lib';
import { deploymentOf } from './configuration/deployment.ts';
import { isSchemaStale } from '../shared/order/schema-version.ts';
import { OrderPipelineStack } from './stacks/order-pipeline-stack.ts';

/**
 * The app of the project, with one stack. The context key `stage` chooses a stage (lib/configuration/stages.ts) or
 * `preset` a preset, and other context keys change single settings (lib/configuration/context-keys.ts).
 *
 * The app gets the feature flags of cdk.json itself, so that the template is the same whoever starts it: the CDK CLI,
 * the local runtime or a test. Context from the CLI and from `props` has precedence.
 *
 * @throws StaleSchemaError, UnknownPresetError, InvalidConfigurationError
 */
export function createApp(props: AppProps = {}): { readonly app: App; readonly stack: OrderPipelineStack } {
  if (isSchemaStale()) throw new StaleSchemaError();
  const app = new App({
    // Else the template has a CDKMetadata resource, which differs with each version of the CDK.
    analyticsReporting: false,
    // Whoever makes the app synthesizes it. The CDK would synthesize again at the end of the process, even after an
    // error, and the process would end with the same error uncaught.
    autoSynth: false,
    ...props,
    context: { ...featureFlags(), ...props.context },
  });
  const context = app.node.getAllContext() as Readonly<Record<string, unknown>>;
  const { stackName, configuration, ...env } = deploymentOf(context);
  const stack = new OrderPipelineStack(app, 'OrderPipeline', {
    stackName,
    description: 'Order pipeline: a queue, its dead-letter queue, three functions and the table of orders.',
    configuration,
    env,
  });
  return { app, stack };
}

/** The functions would be bundled with the validator of the former schema. */
class StaleSchemaError extends Error {
  override readonly name = 'StaleSchemaError';

  constructor() {
    super('shared/order/order.schema.json was changed, and its validator was not: run "npm run generate".');
  }
}

function featureFlags(): Readonly<Record<string, unknown>> {
  const cdkJson = readFileSync(new URL('../cdk.json', import.meta.url), 'utf8');
  return (JSON.parse(cdkJson) as { readonly context: Readonly<Record<string, unknown>> }).context;
}

const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/** Errors whose message is enough for a person. */
const sayEnough = [
  'StaleSchemaError',
  'UnknownPresetError',
  'InvalidConfigurationError',
  'ValidationFailed',
  // From the doctor, or another validation of a construct.
  'ValidationFailedWithErrors',
];

/**
 * What to print of an error that ended the synthesis. A mistake in a configuration is its message. When the CDK refuses
 * what a construct was given, the construct and the line that made it are added. Any other error is a defect and is
 * printed whole, with its stack trace.
 */
export function explainError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (sayEnough.includes(error.name)) return error.message;
  if (!Errors.isValidationError(error)) return error;
  const construct = error.constructPath === undefined ? [] : [`  in the construct ${error.constructPath}`];
  return [error.message, ...construct, ...projectPlace(error)].join('\n');
}

/** The nearest line of this project's own code in the stack trace. */
function projectPlace({ stack = '' }: Error): readonly string[] {
  const frames = stack.split('\n').filter((line) => /^ +at /.test(line) && !line.includes('/node_modules/'));
  const [place] = frames.flatMap((line) => line.split(projectRoot).slice(1, 2));
  return place === undefined ? [] : [`  made in ${place.replace(/[ )].*$/, '')}`];
}
