import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/** The CDK app ended with an error; `message` is what it said. */
export class SynthesisFailed extends Error {
  override readonly name = 'SynthesisFailed';
}

export interface SynthesisRequest {
  /** Folder that receives the cloud assembly. */
  readonly outputDirectory: string;
  /** Context beside that of cdk.json, as `cdk -c key=value` gives it. */
  readonly context: Readonly<Record<string, string>>;
  /** Ends the app and all its bundlers. */
  readonly signal: AbortSignal;
}

/**
 * Runs the CDK app as `cdk synth` does (the same context by the same environment variables, so the same template), in a
 * process of its own, so that it can be interrupted at any moment.
 */
export async function synthesize({ outputDirectory, context, signal }: SynthesisRequest): Promise<void> {
  const app = spawn(process.execPath, ['bin/app.ts'], {
    cwd: projectRoot,
    // A group of its own: the app's bundlers end with it.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      CDK_OUTDIR: outputDirectory,
      CDK_CONTEXT_JSON: JSON.stringify({ ...cdkJsonContext(), ...context }),
    },
  });
  const { pid } = app;
  const stop = () => pid !== undefined && killGroup(pid);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();

  let said = '';
  app.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const { promise: ended, resolve, reject } = Promise.withResolvers<number | null>();
  app.once('error', reject).once('close', resolve);
  const exitCode = await ended;
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (exitCode !== 0) throw new SynthesisFailed(errorOf(said));
}

function cdkJsonContext(): Record<string, unknown> {
  const cdkJson = JSON.parse(readFileSync(`${projectRoot}/cdk.json`, 'utf8')) as { context?: Record<string, unknown> };
  return cdkJson.context ?? {};
}

function killGroup(processId: number): void {
  try {
    process.kill(-processId, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** The app's own message: without the source line and the stack that Node prints around an uncaught error. */
function errorOf(said: string): string {
  const lines = said.split('\n');
  const first = lines.findIndex((line) => /^(\w*Error|\w+)( \[.*\])?: /.test(line));
  const last = lines.findIndex((line, index) => index > first && /^\s+at /.test(line));
  return first >= 0 && last > first ? lines.slice(first, last).join('\n') : said.trim();
}
