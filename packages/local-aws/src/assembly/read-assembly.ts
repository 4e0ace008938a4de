import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalModel } from '../model.ts';
import { checkFunctions, checkMappings, checkNames, checkRedrive, checkTables } from './checks.ts';
import { composeModel, emptyDraft } from './draft.ts';
import { EarlierStacks } from './earlier-stacks.ts';
import { chooseEnvironment, stackEnvironment } from './environment.ts';
import { assemblyError } from './error-codes.ts';
import { readManifest } from './manifest.ts';
import { readStack } from './read-stack.ts';

/** What the assembly leaves open. */
export interface ReadOptions {
  /** `http://127.0.0.1:4566`: queue URLs are `<endpointUrl>/<accountId>/<queue name>`. */
  readonly endpointUrl: string;
  /** For environment-agnostic stacks; default us-east-1. */
  readonly region?: string;
  /** For environment-agnostic stacks; default 000000000000. */
  readonly accountId?: string;
  /** Folder for inline code; default a folder in the system's temporary one. The caller removes it. */
  readonly codeRoot?: string;
}

/**
 * Turns the cloud assembly in `directory` (what `cdk synth` writes) into the model the runtime runs. Synchronous, and
 * gives the same names and ids each time. Throws a `LocalRuntimeError` with a code of error-codes.ts.
 */
export function readAssembly(directory: string, options: ReadOptions): LocalModel {
  const artifacts = readManifest(directory);
  if (artifacts.length === 0) {
    throw assemblyError(
      'ASSEMBLY_NOT_FOUND',
      `${directory} has no stack.`,
      'Add a stack to the app and run "cdk synth".',
    );
  }
  const environment = chooseEnvironment(artifacts, options);
  const codeRoot = options.codeRoot ?? join(tmpdir(), `local-runtime-code-${process.pid}`);
  const draft = emptyDraft();
  const earlier = new EarlierStacks();
  const stacks = artifacts.map((artifact) => {
    const here = stackEnvironment(artifact.name, environment, options.endpointUrl);
    const stack = readStack(artifact, here, codeRoot, draft, earlier);
    earlier.add(stack);
    return stack;
  });
  checkNames(stacks, draft);
  checkRedrive(draft.queues);
  checkFunctions(draft);
  checkMappings(draft);
  checkTables(draft.tables);
  return composeModel(environment, stacks, draft);
}
