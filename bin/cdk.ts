// npm run cdk: the pinned CDK CLI. A deployment without the options that npm kept would be another one.
import { createRequire } from 'node:module';
import { Command } from 'commander';
import { errorText, exitCodes } from '../tools/orders/command-line.ts';
import { refuseOptionsOfNpm } from '../tools/orders/npm-options.ts';

// The options that decide what is deployed, where, who is asked, and what is printed (`cdk deploy --help`).
const options = new Command()
  .option('-c, --context <key=value>')
  .option('--profile <name>')
  .option('-a, --app <command>')
  .option('-q, --quiet')
  .option('-j, --json')
  .option('-y, --yes')
  .option('--all')
  .option('-e, --exclusively')
  .option('-f, --force')
  .option('--parameters <name=value>')
  .option('--require-approval <what>')
  .option('-r, --role-arn <arn>')
  .option('--toolkit-stack-name <name>')
  .option('--method <name>')
  .option('--hotswap')
  .option('--no-rollback')
  .option('-o, --output <folder>')
  .option('--outputs-file <file>');

try {
  refuseOptionsOfNpm('cdk', options, process.argv.slice(2), process.env);
  createRequire(import.meta.url)('aws-cdk/bin/cdk');
} catch (error) {
  console.error(errorText(error));
  process.exitCode = exitCodes.usage;
}
