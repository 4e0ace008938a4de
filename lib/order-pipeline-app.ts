import { readFileSync } from 'node:fs';
import { App, type AppProps } from 'aws-cdk-lib';
import { configurationOf } from './configuration/configuration.ts';
import { withOptions } from './configuration/context-keys.ts';
import { OrderPipelineStack } from './stacks/order-pipeline-stack.ts';

/**
 * The app of the project, with the stack `OrderPipeline` in the preset that the context key `preset` names and with
 * the options of other context keys (lib/configuration/context-keys.ts).
 *
 * The feature flags of cdk.json are given to the app itself, so that it makes the same template whoever starts it:
 * the CDK CLI, the local runtime or a test. Context from the CLI and from `props` goes before.
 *
 * @throws UnknownPresetError, InvalidConfigurationError
 */
export function createApp(props: AppProps = {}): { readonly app: App; readonly stack: OrderPipelineStack } {
  const app = new App({
    // A CDKMetadata resource would differ with each version of the CDK and does nothing for the pipeline.
    analyticsReporting: false,
    // Whoever makes the app synthesizes it. The CDK would do so again at the end of the process, after an error as well,
    // and then end with the same error uncaught.
    autoSynth: false,
    ...props,
    context: { ...featureFlags(), ...props.context },
  });
  const context = app.node.getAllContext() as Readonly<Record<string, unknown>>;
  const stack = new OrderPipelineStack(app, 'OrderPipeline', {
    description: 'Order pipeline: a queue, its dead-letter queue, three functions and the table of orders.',
    configuration: withOptions(configurationOf(context['preset']), context),
  });
  return { app, stack };
}

function featureFlags(): Readonly<Record<string, unknown>> {
  const cdkJson = readFileSync(new URL('../cdk.json', import.meta.url), 'utf8');
  return (JSON.parse(cdkJson) as { readonly context: Readonly<Record<string, unknown>> }).context;
}
