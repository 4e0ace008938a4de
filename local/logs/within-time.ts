import { createContext, Script } from 'node:vm';
import { invalidPattern } from './filter/invalid-pattern.ts';

const sandbox: { run?: () => unknown } = {};
createContext(sandbox);
const script = new Script('run()');

/**
 * What `run` returns; throws `InvalidParameterException` when it takes longer. V8 backtracks in regular expressions:
 * `%x.*y%` takes minutes on a long line of x, and this process would answer nothing else meanwhile, not even Ctrl-C.
 * Only `node:vm` can interrupt what runs on the own thread.
 */
export function withinTime<Result>(timeoutMs: number, run: () => Result): Result {
  sandbox.run = run;
  try {
    return script.runInContext(sandbox, { timeout: timeoutMs }) as Result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw invalidPattern('The filter pattern takes too long on one of the log events; the local runtime gives up.');
  } finally {
    delete sandbox.run;
  }
}
