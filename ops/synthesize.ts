import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { ProcessGuard } from 'local-aws';
import { appError } from './app-error.ts';
import { projectRoot } from './project-root.ts';
import { synthesisWarnings } from './synthesis-warnings.ts';

/** The CDK app ended with an error; `message` is what it said. */
export class SynthesisFailed extends Error {
  override readonly name = 'SynthesisFailed';
}

/** What to synthesize, and until when. */
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
 * process of its own, so that it can be interrupted at any moment. The CDK's validation of templates is left to
 * `cdk synth`, `cdk deploy` and the tests: it adds nothing to the assembly, takes half of the time (0.7 of 1.4 s) and
 * more than half of the memory.
 *
 * @returns the app's warnings, for stderr
 * @throws {SynthesisFailed} with the app's error
 */
export async function synthesize({ outputDirectory, context, signal }: SynthesisRequest): Promise<readonly string[]> {
  const cdkContext = { ...cdkJsonContext(), ...context };
  await using ending = new AsyncDisposableStack();
  const guard = new ProcessGuard();
  guard.start();
  ending.defer(() => guard.close());
  const app = spawn(process.execPath, ['bin/app.ts'], {
    cwd: projectRoot,
    // A group of its own: the app's bundlers end with it.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      CDK_VALIDATION: 'false',
      CDK_OUTDIR: outputDirectory,
      CDK_CONTEXT_JSON: JSON.stringify(cdkContext),
    },
  });
  const { pid } = app;
  if (pid !== undefined) guard.watch(pid);
  const stop = () => pid !== undefined && killGroup(pid);
  signal.addEventListener('abort', stop, { once: true });
  ending.defer(() => signal.removeEventListener('abort', stop));
  if (signal.aborted) stop();

  let said = '';
  app.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const { promise: ended, resolve, reject } = Promise.withResolvers<number | null>();
  app.once('error', reject).once('close', resolve);
  const exitCode = await ended;
  if (pid !== undefined) guard.forget(pid);
  signal.throwIfAborted();
  if (exitCode === 0) return synthesisWarnings(outputDirectory);
  throw new SynthesisFailed(appError(said, projectRoot) || `It ended with exit code ${exitCode} and said nothing.`);
}

function cdkJsonContext(): Record<string, unknown> {
  const text = readFileSync(`${projectRoot}cdk.json`, 'utf8');
  try {
    return (JSON.parse(text) as { context?: Record<string, unknown> }).context ?? {};
  } catch (error) {
    throw new SynthesisFailed(`cdk.json is no JSON: ${(error as Error).message}`);
  }
}

function killGroup(processId: number): void {
  try {
    process.kill(-processId, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
