import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalModel } from '../model.ts';
import { services as allServices } from '../services/index.ts';
import { Draft, refuseSameNames } from './draft.ts';
import { chooseEnvironment, stackEnvironment } from './environment.ts';
import { assemblyError } from './error-codes.ts';
import { type AccountValues, GivenValues } from './given-values.ts';
import { declareImportedQueues, environmentOf, readImportedQueue } from './imported-queues.ts';
import { fitsPattern, type LeftOut } from './left-out.ts';
import { readManifest, type StackArtifact } from './manifest.ts';
import { tellingAllProblems } from './problems.ts';
import { readStack } from './read-stack.ts';
import type { ResourceTypes, ServiceResources } from './resource-type.ts';
import { EarlierStacks } from './stack-scope.ts';

/** What the assembly leaves open. */
export interface ReadOptions extends AccountValues {
  /** `http://127.0.0.1:4566`: queue URLs are `<endpointUrl>/<accountId>/<queue name>`. */
  readonly endpointUrl: string;
  /** Where HTTP APIs and function URLs are served. Default: `http://127.0.0.1:4567`. */
  readonly apiUrl?: string;
  /** Names of the stacks to read, with those they depend on. Default: all stacks. */
  readonly stacks?: readonly string[];
  /** Region of environment-agnostic stacks. Default: us-east-1. */
  readonly region?: string;
  /** Account of environment-agnostic stacks. Default: 000000000000. */
  readonly accountId?: string;
  /** Resource types, logical ids and properties to leave out. See `LeftOut`. Default: none. */
  readonly skip?: readonly string[];
  /**
   * Queues that the account has beside those of the stacks: names or ARNs, each with attributes behind commas if need be
   * (`jobs,VisibilityTimeout=180`). Default: none.
   */
  readonly queues?: readonly string[];
  /** Folder for inline code; default a folder in the system's temporary one. The caller removes it. */
  readonly codeRoot?: string;
  /** Whose resources are read; default: all services there are. */
  readonly services?: readonly ServiceResources[];
  /** Refuses what can only be told of the whole model. Its problems are told with the others. Default: nothing. */
  readonly check?: (model: LocalModel) => void;
}

/**
 * Turns the cloud assembly in `directory` (what `cdk synth` writes) into the model the runtime runs. Synchronous, and
 * gives the same names and ids each time.
 *
 * @throws {LocalRuntimeError} with a code of error-codes.ts, for all that stands in the way
 */
export function readAssembly(directory: string, options: ReadOptions): LocalModel {
  return tellingAllProblems(options.skip ?? [], (leftOut) => {
    const model = readOnce(directory, options, leftOut);
    options.check?.(model);
    return model;
  });
}

function readOnce(directory: string, options: ReadOptions, leftOut: LeftOut): LocalModel {
  const all = readManifest(directory);
  if (all.length === 0) {
    throw assemblyError(
      'ASSEMBLY_NOT_FOUND',
      `${directory} has no stack.`,
      'Add a stack to the app and run "cdk synth".',
    );
  }
  const artifacts = options.stacks === undefined ? all : chosenStacks(all, options.stacks);
  const { services = allServices, codeRoot = join(tmpdir(), `local-runtime-code-${process.pid}`) } = options;
  const types = resourceTypesOf(services);
  const imported = (options.queues ?? []).map(readImportedQueue);
  const account = chooseEnvironment(artifacts, { ...options, ...environmentOf(imported) });
  const urls = { endpointUrl: options.endpointUrl, apiUrl: options.apiUrl ?? 'http://127.0.0.1:4567' };
  const draft = new Draft();
  const earlier = new EarlierStacks();
  const given = new GivenValues(options);
  declareImportedQueues(imported, { account, urls, draft, types });
  const stacks = artifacts.flatMap((artifact) => {
    const environment = stackEnvironment(artifact.name, account, urls);
    const read = readStack(artifact, { environment, codeRoot, draft, earlier, given, leftOut, types });
    earlier.add(read[0]);
    return read;
  });
  refuseUnusedNames(leftOut, given);
  refuseSameNames(
    'stacks',
    stacks.map(({ name }) => ({ name, stack: name, logicalId: name })),
  );
  const parts = services.map((service) => service.readModel?.(draft));
  const { skipped, limited } = draft;
  return Object.assign({ ...account, stacks, skipped, limited, leftOut: leftOut.parts }, ...parts) as LocalModel;
}

/** A misspelt name would go unnoticed. */
function refuseUnusedNames(leftOut: LeftOut, given: GivenValues): void {
  const [skipped] = leftOut.unusedNames;
  if (skipped !== undefined) {
    throw assemblyError(
      'SKIPS_NOTHING',
      `Nothing in the stacks is named ${skipped}.`,
      'Give a resource type, a logical id, or a property of either (TYPE.Property).',
    );
  }
  const [unasked] = given.unusedNames;
  if (unasked === undefined) return;
  throw assemblyError(
    'VALUE_NOT_ASKED',
    `No stack asks for ${unasked}.`,
    'Give the name as the template has it: a parameter (NAME or STACK:NAME), a parameter of Systems Manager, or an export.',
  );
}

/**
 * The named stacks and what they depend on, in the order of `all`. A name may be that of the manifest or the path in the
 * app, or a pattern of these: `Beta/*`.
 */
function chosenStacks(all: readonly StackArtifact[], names: readonly string[]): StackArtifact[] {
  const chosen = new Set<StackArtifact>();
  const choose = (stack: StackArtifact): void => {
    if (chosen.has(stack)) return;
    chosen.add(stack);
    for (const id of stack.dependencies) all.filter((other) => other.id === id).forEach(choose);
  };
  for (const name of names) {
    const named = all.filter((stack) =>
      [stack.name, stack.id, stack.displayName].some((own) => fitsPattern(own, name)),
    );
    if (named.length === 0) throw stackMissing(name, all);
    named.forEach(choose);
  }
  return all.filter((stack) => chosen.has(stack));
}

function stackMissing(name: string, all: readonly StackArtifact[]): Error {
  return assemblyError(
    'STACK_NOT_FOUND',
    `The assembly has no stack ${name}.`,
    `Name one of its stacks: ${all.map(stackLabel).join(', ')}.`,
  );
}

/** Stacks of two stages may have the same name: then the path in the app tells them apart. */
function stackLabel(stack: StackArtifact, _index: number, all: readonly StackArtifact[]): string {
  return all.some((other) => other !== stack && other.name === stack.name) ? stack.displayName : stack.name;
}

function resourceTypesOf(services: readonly ServiceResources[]): ResourceTypes {
  const all = services.map(({ resourceTypes = {} }) => resourceTypes);
  // Without a prototype: a resource may be of the type `constructor`.
  return Object.assign(Object.create(null) as object, ...all) as ResourceTypes;
}
