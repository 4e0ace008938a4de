import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { LocalRuntimeError } from 'local-aws';
import { environmentNames, stackNameOf, stackOutputNames } from '../../shared/pipeline.ts';
import type { Knobs } from './knobs.ts';

/** Which pipeline of this project: a stage, or a preset without a stage (lib/configuration/stages.ts). */
export interface PipelineChoice {
  readonly stage?: string;
  /** With a stage, the preset of the stage. */
  readonly preset: string;
  /** Doors to open (lib/configuration/doors.ts), beside those of the stage. */
  readonly with?: readonly string[];
}

/** Names that the options of a `PipelineChoice` may take. */
export type PipelineChoices = Record<'presets' | 'stages' | 'doors', readonly string[]>;

/** Adds the options of `PipelineChoice`. @param others options beside which they make no sense */
export function addChoice(
  program: Command,
  { presets, stages, doors }: PipelineChoices,
  others: readonly string[] = [],
): Command {
  const preset = new Option('--preset <name>', 'how the pipeline is configured').choices(presets).default('production');
  const stage = new Option('--stage <name>', 'as lib/configuration/stages.ts has it').choices(stages);
  const open = new Option('--with <doors>', `what the pipeline has beside its core: ${doors.join(', ')}`);
  return program
    .addOption(preset.conflicts([...others]))
    .addOption(stage.conflicts(['preset', ...others]))
    .addOption(open.argParser(doorsOption(doors)).conflicts([...others]));
}

/** `http,fifo` → `['http', 'fifo']` */
function doorsOption(doors: readonly string[]) {
  return (text: string, before: readonly string[] = []): readonly string[] => {
    const names = text.split(',').map((name) => name.trim());
    const unknown = names.find((name) => !doors.includes(name));
    if (unknown === undefined) return [...new Set([...before, ...names])];
    throw new InvalidArgumentError(`There is no ${JSON.stringify(unknown)}. There are ${doors.join(', ')}.`);
  };
}

/** Gives the choice of a stage the preset of the stage. */
export function withPresetOfStage<Options extends PipelineChoice>(
  options: Options,
  stages: Readonly<Record<string, { readonly preset: string }>>,
): Options {
  const preset = stages[options.stage ?? '']?.preset;
  return preset === undefined ? options : { ...options, preset };
}

/** What a door needs beside itself. On this machine nobody has to confirm a sender. */
const needs: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  mail: { events: 'true', mailFrom: 'orders@example.com' },
};

/** The context that makes the choice, as `cdk -c` gives it. */
export function contextOf({ stage, preset, with: doors = [] }: PipelineChoice): Readonly<Record<string, string>> {
  const needed = doors.map((name) => needs[name] ?? {});
  const open = Object.fromEntries(doors.map((name) => [name, 'true']));
  return Object.assign(stage === undefined ? { preset } : { stage }, ...needed, open) as Record<string, string>;
}

/** Name of the stack that the choice makes (lib/configuration/deployment.ts). */
export const stackOf = ({ stage, preset }: PipelineChoice): string =>
  stackNameOf(stage ?? (preset === 'production' ? undefined : preset));

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value?: unknown }>>;
}

interface Manifest {
  readonly artifacts: Readonly<
    Record<
      string,
      { readonly type: string; readonly properties?: { readonly templateFile?: string; readonly stackName?: string } }
    >
  >;
}

/** A stack of a cloud assembly. */
interface AssemblyStack {
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
  readonly template: Template;
}

/** The stack that is the pipeline, among those of an assembly. */
export interface PipelineStack extends AssemblyStack {
  /** Names of the other stacks. */
  readonly others: readonly string[];
}

/**
 * Finds the pipeline by the outputs of its stack, whatever else is in the app.
 *
 * @param wanted name of the stack, in case several have these outputs
 * @throws {LocalRuntimeError} when no stack is the pipeline, or several are and none has this name
 */
export function pipelineStackIn(assembly: string, wanted: string): PipelineStack {
  const stacks = stacksOf(assembly);
  const outputs = Object.values(stackOutputNames);
  const pipelines = stacks.filter(({ template }) => outputs.every((name) => template.Outputs?.[name] !== undefined));
  const found = pipelines.find(({ name }) => name === wanted) ?? (pipelines.length === 1 ? pipelines[0] : undefined);
  if (found !== undefined) {
    return { ...found, others: stacks.map(({ name }) => name).filter((name) => name !== found.name) };
  }
  throw pipelines.length === 0
    ? new LocalRuntimeError(
        'PIPELINE_MISSING',
        `None of the stacks ${namesOf(stacks)} has the outputs of the pipeline: ${outputs.join(', ')}.`,
        'Add them back to lib/.',
      )
    : new LocalRuntimeError(
        'SEVERAL_PIPELINES',
        `The stacks ${namesOf(pipelines)} are pipelines, and none is named ${wanted}.`,
        `Name one of them ${wanted}.`,
      );
}

function namesOf(stacks: readonly AssemblyStack[]): string {
  return stacks.map(({ name }) => name).join(', ');
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function stacksOf(assembly: string): readonly AssemblyStack[] {
  const { artifacts } = readJson(join(assembly, 'manifest.json')) as Manifest;
  return Object.entries(artifacts).flatMap(([id, { type, properties }]) => {
    if (type !== 'aws:cloudformation:stack' || properties?.templateFile === undefined) return [];
    const file = join(assembly, properties.templateFile);
    return [{ name: properties.stackName ?? id, file, template: readJson(file) as Template }];
  });
}

/** Writes knobs into the template of a pipeline. The runtime refuses what AWS would refuse, as at a deployment. */
export function turnKnobs({ file, template }: PipelineStack, knobs: Knobs): void {
  const { batchSize, window, maxConcurrency, visibilityTimeout, maxReceiveCount, dlq } = knobs;
  const queueId = referredTo(template, stackOutputNames.ordersQueueUrl);
  const functionId = referredTo(template, stackOutputNames.processOrdersFunctionName);
  const [queue, consumer] = [propertiesOf(template, queueId), propertiesOf(template, functionId)];
  const mapping = Object.values(template.Resources).find(
    ({ Type, Properties: properties }) =>
      Type === 'AWS::Lambda::EventSourceMapping' && refOf(properties['FunctionName']) === functionId,
  )?.Properties;
  if (mapping === undefined) throw missing('mapping from the orders queue to process-orders');
  if (batchSize !== undefined) mapping['BatchSize'] = batchSize;
  if (window !== undefined) mapping['MaximumBatchingWindowInSeconds'] = window;
  if (maxConcurrency !== undefined) mapping['ScalingConfig'] = { MaximumConcurrency: maxConcurrency };
  if (visibilityTimeout !== undefined) queue['VisibilityTimeout'] = visibilityTimeout;
  if (!dlq) {
    delete queue['RedrivePolicy'];
    variablesOf(consumer)[environmentNames.maxReceiveCount] = '0';
  } else if (maxReceiveCount !== undefined) {
    queue['RedrivePolicy'] = { ...(queue['RedrivePolicy'] as object), maxReceiveCount };
    variablesOf(consumer)[environmentNames.maxReceiveCount] = String(maxReceiveCount);
  }
  writeFileSync(file, JSON.stringify(template));
}

function variablesOf(consumer: Record<string, unknown>): Record<string, string> {
  return (consumer['Environment'] as { readonly Variables: Record<string, string> }).Variables;
}

/** Logical id of the resource that an output refers to. */
function referredTo(template: Template, output: string): string {
  const id = refOf(template.Outputs?.[output]?.Value);
  if (id === undefined) throw missing(`resource of the output ${output}`);
  return id;
}

function refOf(value: unknown): string | undefined {
  return (value as { readonly Ref?: string } | undefined)?.Ref;
}

function propertiesOf(template: Template, logicalId: string): Record<string, unknown> {
  const { Properties: properties } = template.Resources[logicalId] ?? {};
  if (properties === undefined) throw missing(`resource ${logicalId}`);
  return properties;
}

function missing(what: string): LocalRuntimeError {
  return new LocalRuntimeError('PIPELINE_MISSING', `The template has no ${what}.`, 'Add it back to lib/.');
}
