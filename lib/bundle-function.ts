import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type BuildOptions, buildSync } from 'esbuild';

/** Of this project; where the constructs are installed as a package, the folder with the app's `node_modules`. */
const [projectDirectory = ''] = fileURLToPath(new URL('../', import.meta.url)).split(/(?<=[/\\])node_modules[/\\]/);

/** The handler's name in a bundle: the entry file exports `handler`. */
export const bundledHandler = 'index.handler';

/**
 * A function's code as a CDK asset. The code is bundled during synthesis, and the asset's hash is that of the bundle.
 *
 * @param entry TypeScript or JavaScript file that exports `handler`, as a path from the project's folder or an absolute
 *   one
 */
export function bundledCode(entry: string): Code {
  return Code.fromAsset(dirname(resolve(projectDirectory, entry)), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // The CDK wants an image. It is never used, because bundling on this machine either works or throws.
      image: DockerImage.fromRegistry('none'),
      local: {
        tryBundle(directory) {
          bundleFunction(entry, directory);
          return true;
        },
      },
    },
  });
}

/**
 * Lambda runs a function as a user who must be able to read its files, and wants these permissions (Lambda Developer
 * Guide, "Deployment package file permissions"). The CDK's CLI zips a file with the mode that the file has.
 */
const fileMode = 0o644;

/** Bundles the function whose entry file is `entry` into `directory`, which is made if it is not there. */
export function bundleFunction(entry: string, directory: string): void {
  const options = bundlingOptions(entry);
  const { outputFiles } = buildSync({ ...options, entryPoints: { ...options.entryPoints }, write: false });
  // Not its parents: a synthesis that is being ended would make a temporary folder again that is removed already.
  if (!existsSync(directory)) mkdirSync(directory);
  for (const file of outputFiles) {
    const path = join(directory, relative(options.outdir, file.path));
    writeFileSync(path, file.contents);
    // After the file is there: the umask of whoever deploys is taken off a mode that the file is made with.
    chmodSync(path, fileMode);
  }
}

/**
 * How esbuild bundles a function, wherever that is done.
 *
 * @param entry file that exports `handler`, as a path from the project's folder or an absolute one
 */
export function bundlingOptions(entry: string) {
  return {
    absWorkingDir: projectDirectory,
    entryPoints: { index: resolve(projectDirectory, entry) },
    // Nothing is written here. The paths in source maps are relative to this folder, so that the asset's hash is the
    // same wherever the project and its cdk.out stand.
    outdir: join(projectDirectory, 'asset'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // A dynamic import becomes a file that is read when it is needed. In one bundle, the SDK would load Node's http
    // modules at every start.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    // An import of nothing but types, without the word `type`, is left out: `import { SQSHandler } from 'aws-lambda'`,
    // as AWS's examples have it. There is no such package, only one of its types.
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: false } },
    external: unusedPackages,
    alias: nodeModules,
    // Without this, chunks of aliased modules would have their code as their names.
    chunkNames: 'chunk-[hash]',
    minifyWhitespace: true,
    minifySyntax: true,
    // Lambda's JSON log format takes an error's type from the name of its class. esbuild's `keepNames` would keep names,
    // too, but by calls at every start: these cost more than longer names.
    minifyIdentifiers: false,
    // For lambdas/common/map-stack-traces.ts, which reads the map when a stack trace is read.
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    // The hash of an asset ignores modes, and the CDK uploads no hash twice. A zip that was uploaded under a strict umask
    // would stay as it is. Code with this line has another hash.
    footer: { js: `// mode ${fileMode.toString(8)}` },
    logLevel: 'warning',
  } as const satisfies BuildOptions;
}

/**
 * Packages that the SDK imports dynamically and a function never reaches (docs/decisions/0005). A function's credentials
 * are in its environment, so only the first provider is asked. `bowser` names a browser. Neither SQS nor DynamoDB has
 * event streams.
 */
const unusedPackages = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-login',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
  'bowser',
  '@smithy/core/event-streams',
];

/**
 * Node's own modules, got by a call instead of an import. When an ES module imports one, Node reads all its members,
 * and some members are getters that load code which no function needs: `node:http` loads all of undici
 * (docs/performance.md).
 */
const nodeModules = Object.fromEntries(
  builtinModules
    .map((name) => name.replace(/^node:/, ''))
    .flatMap((name) => {
      const code = `data:text/javascript,module.exports=process.getBuiltinModule("node:${name}")`;
      return [
        [name, code],
        [`node:${name}`, code],
      ];
    }),
);
