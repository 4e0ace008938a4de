import { stackNameOf } from '../../shared/pipeline.ts';
import { type Configuration, configurationOf } from './configuration.ts';
import { nearest, withOptions } from './context-keys.ts';
import { InvalidConfigurationError } from './settings.ts';
import { type Stage, stages } from './stages.ts';

/** What the context of an app asks for. */
export interface Deployment {
  readonly stackName: string;
  readonly account?: string;
  readonly region?: string;
  readonly configuration: Configuration;
}

/**
 * What to deploy: the stage of the context key `stage`; or without one, a preset in the account and region of the
 * credentials. The default preset has the stack `OrderPipeline`, another preset has a stack of its own.
 *
 * @param context all of the app's context
 * @param known the stages there are
 * @throws InvalidConfigurationError, UnknownPresetError
 */
export function deploymentOf(
  context: Readonly<Record<string, unknown>>,
  known: Readonly<Record<string, Stage>> = stages,
): Deployment {
  const { stage: name, preset } = context;
  if (name === undefined) {
    const configuration = withOptions(configurationOf(preset), context);
    return {
      stackName: stackNameOf(preset === 'production' ? undefined : (preset as string | undefined)),
      configuration,
    };
  }
  const problems = stageProblems(name, preset, known);
  if (problems.length > 0) throw new InvalidConfigurationError(problems);
  const { preset: presetOfStage, settings, ...place } = known[name as string]!;
  const configuration = withOptions({ ...configurationOf(presetOfStage), ...settings }, context);
  return { ...place, stackName: stackNameOf(name as string), configuration };
}

/** Why a stage cannot be deployed: a sentence for each problem. */
function stageProblems(name: unknown, preset: unknown, known: Readonly<Record<string, Stage>>): readonly string[] {
  const file = 'lib/configuration/stages.ts';
  const stage = typeof name === 'string' && Object.hasOwn(known, name) ? known[name] : undefined;
  if (stage === undefined) {
    const names = Object.keys(known);
    const meant = typeof name === 'string' ? nearest(name, names) : undefined;
    const hint = meant === undefined ? '' : ` Is ${meant} meant?`;
    return [`There is no stage ${JSON.stringify(name)}.${hint} There are ${names.join(', ')}. Add a stage in ${file}.`];
  }
  const { account, region } = stage;
  return [
    // CloudFormation's rule for names of stacks (API reference, CreateStack).
    ...when(!/^[A-Za-z0-9-]+$/.test(String(name)), 'its name takes letters, digits and hyphens.'),
    ...when(account !== undefined && !/^\d{12}$/.test(account), `its account is "${account}": it takes 12 digits.`),
    ...when(
      region !== undefined && !/^[a-z]{2}(-[a-z]+)+-\d$/.test(region),
      `its region is "${region}": it takes a name such as eu-central-1.`,
    ),
    ...when(
      preset !== undefined && preset !== stage.preset,
      `its preset is ${stage.preset} (${file}), and the context key preset asks for ${JSON.stringify(preset)}: leave that out.`,
    ),
  ].map((problem) => `The stage ${String(name)}: ${problem}`);
}

function when(refused: boolean, problem: string): readonly string[] {
  return refused ? [problem] : [];
}
