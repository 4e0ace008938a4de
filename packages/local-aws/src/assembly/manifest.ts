import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { type Assets, type DockerImages, localPath, readAssets, readDockerImages, readLegacyAssets } from './assets.ts';
import { assemblyError } from './error-codes.ts';
import { isJsonObject, type JsonObject, readJsonFile } from './json.ts';

/** A stack as the manifest of a cloud assembly declares it. */
export interface StackArtifact {
  /** Its name in the manifest, which is its name in `dependencies`. */
  readonly id: string;
  readonly name: string;
  /** Its path in the app, as the CDK's command line shows it: `Beta/Shop`. */
  readonly displayName: string;
  readonly templateFile: string;
  /** Undefined when the stack is environment-agnostic. */
  readonly accountId: string | undefined;
  readonly region: string | undefined;
  /** Parameter values that the app fixed at synthesis. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly assets: Assets;
  readonly images: DockerImages;
  /** Ids of what is deployed before: stacks and assets. */
  readonly dependencies: readonly string[];
  /** Of a nested stack: the artifact of the stack whose resource it is. */
  readonly parent?: StackArtifact;
}

/**
 * The stacks of a cloud assembly and of the assemblies (stages) nested in it, each after the stacks it depends on.
 * The layout is that of aws-cdk's cloud-assembly-schema: `manifest.json` with artifacts by id. What it names lies in its
 * own folder, or is refused: a manifest reads no other file of this machine, and names no assembly that it is part of.
 * Assets are the exception: those of a stage lie beside the folder of the stage, in the folder of the app.
 *
 * @param root folder of the outermost assembly. Default: the assembly that `directory` is a stage of, or `directory`
 */
export function readManifest(directory: string, root = outermost(resolve(directory))): readonly StackArtifact[] {
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
  const assetFiles = filesOf(directory, artifacts, 'cdk:asset-manifest');
  const assets = readAssets(resolve(directory), assetFiles, root);
  const images = readDockerImages(resolve(directory), assetFiles, root);
  return inDependencyOrder(artifacts).flatMap(([id, artifact]) => {
    const properties = isJsonObject(artifact['properties']) ? artifact['properties'] : {};
    if (artifact['type'] === 'cdk:cloud-assembly')
      return readManifest(pathBelow(directory, text(properties, 'directoryName')), root);
    if (artifact['type'] !== 'aws:cloudformation:stack') return [];
    const legacy = readLegacyAssets(resolve(directory), artifact, root);
    const name = typeof properties['stackName'] === 'string' ? properties['stackName'] : id;
    return [
      {
        id,
        name,
        displayName: typeof artifact['displayName'] === 'string' ? artifact['displayName'] : name,
        templateFile: pathBelow(directory, text(properties, 'templateFile')),
        ...readEnvironment(artifact['environment']),
        parameters: { ...(properties['parameters'] as Record<string, string> | undefined), ...legacy.parameters },
        assets: new Map([...assets, ...legacy.assets]),
        images,
        dependencies: dependenciesOf(artifact),
      },
    ];
  });
}

/** The folder of the app, where `directory` is the folder of a stage: the manifest beside it names the stage. */
function outermost(directory: string): string {
  const parent = dirname(directory);
  const manifest = join(parent, 'manifest.json');
  if (parent === directory || !existsSync(manifest)) return directory;
  return stagesOf(manifest).includes(basename(directory)) ? outermost(parent) : directory;
}

/** Folders of stages that a manifest names. None for a file that is another kind of manifest. */
function stagesOf(manifest: string): unknown[] {
  let artifacts: unknown;
  try {
    artifacts = readJsonFile(manifest)['artifacts'];
  } catch {
    return [];
  }
  return Object.values(isJsonObject(artifacts) ? artifacts : {})
    .filter((artifact) => isJsonObject(artifact))
    .filter(({ type }) => type === 'cdk:cloud-assembly')
    .map(({ properties }) => (isJsonObject(properties) ? properties['directoryName'] : undefined));
}

function filesOf(directory: string, artifacts: JsonObject, type: string): string[] {
  return Object.values(artifacts)
    .filter((artifact) => isJsonObject(artifact))
    .filter((artifact) => artifact['type'] === type)
    .map(({ properties }) => pathBelow(directory, text(isJsonObject(properties) ? properties : {}, 'file')));
}

/** Absolute. */
function pathBelow(directory: string, name: string): string {
  const path = join(resolve(directory), localPath(name));
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
    for (const dependency of dependenciesOf(artifact)) visit(dependency);
    ordered.set(id, artifact);
  };
  for (const id of Object.keys(artifacts)) visit(id);
  return [...ordered];
}

function dependenciesOf(artifact: JsonObject): string[] {
  const dependencies = Array.isArray(artifact['dependencies']) ? artifact['dependencies'] : [];
  return dependencies.filter((dependency) => typeof dependency === 'string');
}
