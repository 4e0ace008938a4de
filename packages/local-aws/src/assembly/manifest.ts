import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve, sep } from 'node:path';
import { assemblyError } from './error-codes.ts';
import { isJsonObject, type JsonObject, readJsonFile } from './json.ts';

/** Where the file of an S3 object key comes from: an absolute path of a folder or a file. */
export type Assets = ReadonlyMap<string, string>;

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
 * The layout is that of aws-cdk's cloud-assembly-schema: `manifest.json` with artifacts by id. What it names lies in its
 * own folder, or is refused: a manifest reads no other file of this machine, and names no assembly that it is part of.
 *
 * @param root folder of the outermost assembly
 */
export function readManifest(directory: string, root = resolve(directory)): readonly StackArtifact[] {
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
  const assets = readAssets(resolve(directory), filesOf(directory, artifacts, 'cdk:asset-manifest'), root);
  return inDependencyOrder(artifacts).flatMap(([id, artifact]) => {
    const properties = isJsonObject(artifact['properties']) ? artifact['properties'] : {};
    if (artifact['type'] === 'cdk:cloud-assembly')
      return readManifest(pathBelow(directory, text(properties, 'directoryName')), root);
    if (artifact['type'] !== 'aws:cloudformation:stack') return [];
    return [
      {
        name: typeof properties['stackName'] === 'string' ? properties['stackName'] : id,
        templateFile: pathBelow(directory, text(properties, 'templateFile')),
        ...readEnvironment(artifact['environment']),
        parameters: (properties['parameters'] ?? {}) as Record<string, string>,
        assets,
      },
    ];
  });
}

function filesOf(directory: string, artifacts: JsonObject, type: string): string[] {
  return Object.values(artifacts)
    .filter((artifact) => isJsonObject(artifact))
    .filter((artifact) => artifact['type'] === type)
    .map(({ properties }) => pathBelow(directory, text(isJsonObject(properties) ? properties : {}, 'file')));
}

/** Absolute. */
function pathBelow(directory: string, name: string): string {
  const path = join(resolve(directory), name);
  if (path.startsWith(resolve(directory) + sep)) return path;
  throw assemblyError(
    'ASSEMBLY_MALFORMED',
    `The manifest names ${path}, outside its folder.`,
    'Run "cdk synth" again.',
  );
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
    for (const dependency of dependencies) if (typeof dependency === 'string') visit(dependency);
    ordered.set(id, artifact);
  };
  for (const id of Object.keys(artifacts)) visit(id);
  return [...ordered];
}

/**
 * Reads `*.assets.json` files: each maps content hashes to a source path and the S3 keys it is published under. The
 * assets of a nested assembly lie in the outermost one, `root`; absolute paths are what an app without asset staging
 * writes.
 */
function readAssets(directory: string, files: readonly string[], root: string): Assets {
  const sources = new Map<string, string>();
  for (const file of files) {
    const entries = readJsonFile(file)['files'];
    for (const entry of Object.values(isJsonObject(entries) ? entries : {})) {
      if (!isJsonObject(entry) || !isJsonObject(entry['source']) || !isJsonObject(entry['destinations'])) continue;
      const path = entry['source']['path'];
      if (typeof path !== 'string') continue;
      const source = resolve(directory, path);
      if (!isAbsolute(path) && !source.startsWith(root + sep)) throw outside(source);
      for (const destination of Object.values(entry['destinations'])) {
        const key = isJsonObject(destination) ? destination['objectKey'] : undefined;
        if (typeof key === 'string') sources.set(key, source);
      }
    }
  }
  return sources;
}

function outside(path: string): Error {
  return assemblyError('ASSEMBLY_MALFORMED', `The asset ${path} lies outside the assembly.`, 'Run "cdk synth" again.');
}
