import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readAssets } from './asset-manifest.ts';
import type { Assets } from './asset-manifest.ts';
import { assemblyError } from './error-codes.ts';
import { isJsonObject } from './json.ts';
import type { JsonObject } from './json.ts';
import { readJsonFile } from './json-file.ts';

/** A stack as the manifest of a cloud assembly declares it. */
export interface StackArtifact {
  readonly name: string;
  readonly templateFile: string;
  /** Undefined when the stack is environment-agnostic. */
  readonly accountId: string | undefined;
  readonly region: string | undefined;
  /** Parameter values that the app fixed at synthesis. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly assets: Assets;
}

/**
 * The stacks of a cloud assembly and of the assemblies (stages) nested in it, each after the stacks it depends on.
 * The layout is that of aws-cdk's cloud-assembly-schema: `manifest.json` with artifacts by id.
 */
export function readManifest(directory: string): readonly StackArtifact[] {
  const file = join(resolve(directory), 'manifest.json');
  if (!existsSync(file)) {
    throw assemblyError(
      'ASSEMBLY_NOT_FOUND',
      `${resolve(directory)} has no manifest.json.`,
      'Name the folder that "cdk synth" wrote, cdk.out by default.',
    );
  }
  const artifacts = readJsonFile(file)['artifacts'];
  if (!isJsonObject(artifacts)) {
    throw assemblyError('ASSEMBLY_MALFORMED', `${file} has no artifacts.`, 'Run "cdk synth" again.');
  }
  const assets = readAssets(resolve(directory), filesOf(artifacts, 'cdk:asset-manifest'));
  return inDependencyOrder(artifacts).flatMap(([id, artifact]) => {
    const properties = isJsonObject(artifact['properties']) ? artifact['properties'] : {};
    if (artifact['type'] === 'cdk:cloud-assembly')
      return readManifest(join(directory, text(properties, 'directoryName')));
    if (artifact['type'] !== 'aws:cloudformation:stack') return [];
    return [
      {
        name: typeof properties['stackName'] === 'string' ? properties['stackName'] : id,
        templateFile: join(resolve(directory), text(properties, 'templateFile')),
        ...readEnvironment(artifact['environment']),
        parameters: (properties['parameters'] ?? {}) as Record<string, string>,
        assets,
      },
    ];
  });
}

function filesOf(artifacts: JsonObject, type: string): string[] {
  return Object.values(artifacts)
    .filter((artifact) => isJsonObject(artifact) && artifact['type'] === type)
    .map((artifact) => text((artifact as JsonObject)['properties'] as JsonObject, 'file'));
}

function text(properties: JsonObject, key: string): string {
  const value = properties[key];
  if (typeof value === 'string') return value;
  throw assemblyError('ASSEMBLY_MALFORMED', `An artifact of the manifest has no ${key}.`, 'Run "cdk synth" again.');
}

/** `aws://<account>/<region>`, with `unknown-account` and `unknown-region` where the stack is agnostic. */
function readEnvironment(environment: unknown): Pick<StackArtifact, 'accountId' | 'region'> {
  const match = typeof environment === 'string' ? /^aws:\/\/([^/]+)\/([^/]+)$/u.exec(environment) : null;
  return {
    accountId: match?.[1] === 'unknown-account' ? undefined : match?.[1],
    region: match?.[2] === 'unknown-region' ? undefined : match?.[2],
  };
}

function inDependencyOrder(artifacts: JsonObject): [string, JsonObject][] {
  const ordered = new Map<string, JsonObject>();
  const entered = new Set<string>();
  const visit = (id: string): void => {
    const artifact = artifacts[id];
    if (!isJsonObject(artifact) || entered.has(id)) return;
    entered.add(id);
    const dependencies = Array.isArray(artifact['dependencies']) ? artifact['dependencies'] : [];
    for (const dependency of dependencies) visit(String(dependency));
    ordered.set(id, artifact);
  };
  for (const id of Object.keys(artifacts)) visit(id);
  return [...ordered];
}
