import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalModel } from '../model.ts';
import { services as allServices } from '../services/index.ts';
import { absentServicesTypes } from './absent-services.ts';
import { Draft, refuseSameNames } from './draft.ts';
import { chooseEnvironment, stackEnvironment } from './environment.ts';
import { assemblyError } from './error-codes.ts';
import { readManifest, type StackArtifact } from './manifest.ts';
import { readStack } from './read-stack.ts';
import type { ResourceTypes, ServiceResources } from './resource-type.ts';
import { EarlierStacks } from './stack-scope.ts';

/** What the assembly leaves open. */
export interface ReadOptions {
  /** `http://127.0.0.1:4566`: queue URLs are `<endpointUrl>/<accountId>/<queue name>`. */
  readonly endpointUrl: string;
  /** Names of the stacks to read, with those they depend on. Default: all stacks. */
  readonly stacks?: readonly string[];
  /** Region of environment-agnostic stacks. Default: us-east-1. */
  readonly region?: string;
  /** Account of environment-agnostic stacks. Default: 000000000000. */
  readonly accountId?: string;
  /** Folder for inline code; default a folder in the system's temporary one. The caller removes it. */
  readonly codeRoot?: string;
  /** Whose resources are read; default: all services there are. */
  readonly services?: readonly ServiceResources[];
}

/**
 * Turns the cloud assembly in `directory` (what `cdk synth` writes) into the model the runtime runs. Synchronous, and
 * gives the same names and ids each time. Throws a `LocalRuntimeError` with a code of error-codes.ts.
 */
export function readAssembly(directory: string, options: ReadOptions): LocalModel {
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
  const account = chooseEnvironment(artifacts, options);
  const draft = new Draft();
  const earlier = new EarlierStacks();
  const stacks = artifacts.map((artifact) => {
    const environment = stackEnvironment(artifact.name, account, options.endpointUrl);
    const stack = readStack(artifact, { environment, codeRoot, draft, earlier, types });
    earlier.add(stack);
    return stack;
  });
  refuseSameNames(
    'stacks',
    stacks.map(({ name }) => ({ name, stack: name, logicalId: name })),
  );
  const parts = services.map((service) => service.readModel?.(draft));
  return Object.assign({ ...account, stacks, skipped: draft.skipped, limited: draft.limited }, ...parts) as LocalModel;
}

/** The named stacks and what they depend on, in the order of `all`. A name may be that of the manifest too. */
function chosenStacks(all: readonly StackArtifact[], names: readonly string[]): StackArtifact[] {
  const chosen = new Set<StackArtifact>();
  const choose = (stack: StackArtifact): void => {
    if (chosen.has(stack)) return;
    chosen.add(stack);
    for (const id of stack.dependencies) all.filter((other) => other.id === id).forEach(choose);
  };
  for (const name of names) {
    const named = all.filter((stack) => stack.name === name || stack.id === name);
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

/** Stacks of two stages may have the same name: then the id tells them apart. */
function stackLabel(stack: StackArtifact, _index: number, all: readonly StackArtifact[]): string {
  return all.some((other) => other !== stack && other.name === stack.name) ? stack.id : stack.name;
}

/** A service's own types go before those that are known only as absent. */
function resourceTypesOf(services: readonly ServiceResources[]): ResourceTypes {
  const all = [absentServicesTypes, ...services.map(({ resourceTypes = {} }) => resourceTypes)];
  return Object.fromEntries(all.flatMap((types) => Object.entries(types)));
}
