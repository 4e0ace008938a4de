import { mkdirSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type BuildOptions, buildSync } from 'esbuild';

const projectDirectory = fileURLToPath(new URL('../', import.meta.url));

/** `Handler` of a function bundled by `bundledCode`, whose entry file exports `handler`. */
export const bundledHandler = 'index.handler';

/**
 * Packages that the SDK imports dynamically and a function never comes to (docs/decisions/0005): all but the provider
 * of credentials that is asked first, because a function's are in its environment; what names a browser; and what
 * reads event streams, which neither SQS nor DynamoDB has.
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
 * Node's own modules, asked for in a call instead of an import. For an ES module that imports one, Node reads every
 * member of it, and some are getters that load what no function needs: `node:http` all of undici (docs/performance.md).
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

/**
 * How esbuild bundles a function, wherever that is done.
 *
 * @param entry file that exports `handler`, as a path from the project's folder or an absolute one
 */
export function bundlingOptions(entry: string) {
  return {
    absWorkingDir: projectDirectory,
    entryPoints: { index: resolve(projectDirectory, entry) },
    // Written below another directory: this one only anchors the paths in source maps, so that the asset's hash is
    // the same wherever the project and its cdk.out stand.
    outdir: join(projectDirectory, 'asset'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // What is imported dynamically becomes a file of its own, read when it is needed: an SDK inside the one bundle
    // would pull in Node's http modules at every start.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    external: unusedPackages,
    alias: nodeModules,
    // The names of aliased modules are their code.
    chunkNames: 'chunk-[hash]',
    minifyWhitespace: true,
    minifySyntax: true,
    // Lambda's JSON log format takes an error's type from the name of its class. esbuild's `keepNames` keeps names by
    // calls at every start, which cost more than the longer names do.
    minifyIdentifiers: false,
    // Read when a stack trace is, by lambdas/common/map-stack-traces.ts.
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
  } as const satisfies BuildOptions;
}

/** Bundles the function whose entry file is `entry` into `directory`. */
export function bundleFunction(entry: string, directory: string): void {
  const options = bundlingOptions(entry);
  const { outputFiles } = buildSync({ ...options, entryPoints: { ...options.entryPoints }, write: false });
  for (const file of outputFiles) {
    const path = join(directory, relative(options.outdir, file.path));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file.contents);
  }
}

/**
 * A function's code as a CDK asset, bundled during synthesis and hashed by what came out.
 *
 * @param entry TypeScript or JavaScript file that exports `handler`, as a path from the project's folder or an absolute
 *   one
 */
export function bundledCode(entry: string): Code {
  return Code.fromAsset(dirname(resolve(projectDirectory, entry)), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never used: bundling on this machine either works or throws.
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
