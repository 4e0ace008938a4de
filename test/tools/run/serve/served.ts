import { fileURLToPath } from 'node:url';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type CommandOptions, RunningCommand } from 'local-aws/testing';

export const projectRoot = fileURLToPath(new URL('../../../..', import.meta.url));

/** A command of the project. It runs in the project's folder, unless `options` name another one. */
export class Command extends RunningCommand {
  constructor(words: readonly string[], options: CommandOptions = {}) {
    super(words, { directory: projectRoot, ...options });
  }
}

/** A served stack and the clients to talk to it. */
export interface Served extends AsyncDisposable {
  readonly command: Command;
  readonly url: string;
  readonly lambda: LambdaClient;
  readonly sqs: SQSClient;
  readonly cloudFormation: CloudFormationClient;
}

/** Starts `bin/local.ts` (in `directory`, a copy of the project, when given) on a free port and waits until it serves. */
export async function serveLocally(args: readonly string[], directory = projectRoot): Promise<Served> {
  const command = new Command(['node', 'bin/local.ts', '--port', '0', ...args], { directory });
  try {
    const [, url = ''] = await command.until(/^ready (\S+)/m);
    const settings = {
      endpoint: url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    };
    const clients = {
      lambda: new LambdaClient(settings),
      sqs: new SQSClient(settings),
      cloudFormation: new CloudFormationClient(settings),
    };
    return {
      command,
      url,
      ...clients,
      async [Symbol.asyncDispose]() {
        for (const client of Object.values(clients)) client.destroy();
        await command[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await command[Symbol.asyncDispose]();
    throw error;
  }
}
