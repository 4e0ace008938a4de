import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve, sep, win32 } from 'node:path';
import { assemblyError } from './error-codes.ts';
import { isJsonObject, type JsonObject, readJsonFile } from './json.ts';

/** Where the file of an S3 object key comes from: an absolute path of a folder or a file. */
export type Assets = ReadonlyMap<string, string>;

/**
 * A path of the assembly as this machine writes it. An assembly made on Windows separates folders by backslashes.
 *
 * @throws {LocalRuntimeError} `ASSEMBLY_MALFORMED` for an absolute path of a Windows machine
 */
export function localPath(path: string): string {
  if (!path.includes('\\') || sep === '\\') return path;
  if (!win32.isAbsolute(path)) return path.replaceAll('\\', '/');
  throw assemblyError(
    'ASSEMBLY_MALFORMED',
    `${path} is a path of the Windows machine that made the assembly.`,
    'Run "cdk synth" with asset staging (its default), or on this machine.',
  );
}

/**
 * Reads `*.assets.json` files: each maps content hashes to a source path and the S3 keys it is published under. The
 * assets of a nested assembly lie in the outermost one, `root`. An absolute path may lead anywhere: an app without
 * asset staging writes the paths of its sources.
 */
export function readAssets(directory: string, files: readonly string[], root: string): Assets {
  const sources = new Map<string, string>();
  for (const file of files) {
    const entries = readJsonFile(file)['files'];
    for (const entry of Object.values(isJsonObject(entries) ? entries : {})) {
      if (!isJsonObject(entry) || !isJsonObject(entry['source']) || !isJsonObject(entry['destinations'])) continue;
      const path = entry['source']['path'];
      if (typeof path !== 'string') continue;
      const source = assetPath(directory, path, root);
      for (const destination of Object.values(entry['destinations'])) {
        const key = isJsonObject(destination) ? destination['objectKey'] : undefined;
        if (typeof key === 'string') sources.set(key, source);
      }
    }
  }
  return sources;
}

/** The image of a container that the CDK's command line would build and push. */
export interface DockerImage {
  /** Absolute path of the folder that the build gets. */
  readonly directory: string;
  /** Name of the Dockerfile below that folder. */
  readonly dockerfile: string;
  /** Settings of the build beside these two, by their names in the manifest: `dockerBuildArgs`. */
  readonly otherSettings: readonly string[];
}

/** Docker images by their tags. */
export type DockerImages = ReadonlyMap<string, DockerImage>;

/** Settings of a build that change nothing of what a Dockerfile copies. */
const settingsWithoutMeaning = ['directory', 'dockerFile', 'platform', 'networkMode', 'cacheFrom', 'cacheTo'];

/** Reads the images of `*.assets.json` files (`DockerImageAsset` in aws-cdk's cloud-assembly-schema). */
export function readDockerImages(directory: string, files: readonly string[], root: string): DockerImages {
  const images = new Map<string, DockerImage>();
  for (const file of files) {
    const entries = readJsonFile(file)['dockerImages'];
    for (const entry of Object.values(isJsonObject(entries) ? entries : {})) {
      if (!isJsonObject(entry) || !isJsonObject(entry['source']) || !isJsonObject(entry['destinations'])) continue;
      const { directory: folder, dockerFile = 'Dockerfile', ...others } = entry['source'];
      const image = {
        directory: typeof folder === 'string' ? assetPath(directory, folder, root) : '',
        dockerfile: String(dockerFile),
        otherSettings: Object.keys(others).filter((name) => !settingsWithoutMeaning.includes(name)),
      };
      for (const destination of Object.values(entry['destinations'])) {
        const tag = isJsonObject(destination) ? destination['imageTag'] : undefined;
        if (typeof tag === 'string') images.set(tag, image);
      }
    }
  }
  return images;
}

function assetPath(directory: string, path: string, root: string): string {
  const local = localPath(path);
  const source = resolve(directory, local);
  if (isAbsolute(local) || source.startsWith(root + sep)) return source;
  throw assemblyError('ASSEMBLY_MALFORMED', `The asset ${source} lies outside the assembly.`, 'Run "cdk synth" again.');
}

/** The assets of a stack with the CDK's former way of publishing, and the parameters by which the template asks. */
interface LegacyAssets {
  readonly assets: Assets;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Reads what `LegacyStackSynthesizer` writes: assets are metadata of the stack, and the template has a parameter for
 * the bucket and one for the key of each (`AssetMetadataEntry` in aws-cdk's cloud-assembly-schema). The CLI fills them
 * in when it publishes: the key is a prefix and a file name, with `||` between them.
 */
export function readLegacyAssets(directory: string, artifact: JsonObject, root: string): LegacyAssets {
  const assets = new Map<string, string>();
  const parameters: Record<string, string> = {};
  for (const { path, id, packaging, ...names } of assetEntries(directory, artifact)) {
    if (typeof path !== 'string' || typeof id !== 'string' || packaging === 'container-image') continue;
    const [prefix, name] = [`assets/${id}/`, `${id}.zip`];
    assets.set(prefix + name, assetPath(directory, path, root));
    const values = { s3BucketParameter: 'assets', s3KeyParameter: `${prefix}||${name}`, artifactHashParameter: id };
    for (const [key, value] of Object.entries(values)) {
      const parameter = names[key];
      if (typeof parameter === 'string') parameters[parameter] = value;
    }
  }
  return { assets, parameters };
}

/** Metadata stands in the manifest, or in a file beside it in newer assemblies. */
function assetEntries(directory: string, { metadata, additionalMetadataFile: file }: JsonObject): JsonObject[] {
  const path = typeof file === 'string' ? join(directory, localPath(file)) : undefined;
  const isInside = path?.startsWith(resolve(directory) + sep) === true;
  const additional = path !== undefined && isInside && existsSync(path) ? readJsonFile(path) : {};
  const entries = [metadata, additional].flatMap((one) => (isJsonObject(one) ? Object.values(one) : [])).flat();
  return entries
    .filter((entry) => isJsonObject(entry))
    .flatMap(({ type, data }) => (type === 'aws:cdk:asset' && isJsonObject(data) ? [data] : []));
}
