import { exitReason, type ProcessExit } from './exit-reason.ts';
import type { InvokeResult } from './invoke-result.ts';
import type { FunctionFailure } from './platform-log.ts';
import { responseLimitBytes } from './runtime-api-server.ts';
import type { InitOutcome, RunOutcome } from './runtime-process.ts';

/** What an invocation comes to for its caller, and what the platform logs of it. */
export interface Conclusion {
  readonly payload: string;
  readonly outcome: InvokeResult['outcome'];
  readonly errorType?: string;
  readonly errorMessage?: string;
  readonly failure?: FunctionFailure;
}

/** `at` is when it ended, for the line that a text log gets of a timeout. */
export function timeoutConclusion(requestId: string, timeoutSeconds: number, at: Date): Conclusion {
  const errorType = 'Sandbox.Timedout';
  const message = `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
  const errorMessage = `RequestId: ${requestId} Error: ${message}`;
  const line = `${at.toISOString()} ${requestId} ${message}`;
  return {
    payload: JSON.stringify({ errorType, errorMessage }),
    outcome: 'timeout',
    errorType,
    errorMessage,
    failure: { status: 'timeout', line },
  };
}

/** What an invocation comes to that reached its process: an answer, an error, or the end of the process. */
export function runConclusion(requestId: string, outcome: RunOutcome): Conclusion {
  switch (outcome.kind) {
    case 'response':
      return outcome.body === undefined ? responseTooLarge() : { payload: outcome.body, outcome: 'success' };
    case 'error': {
      const reported = reportedError(outcome.document);
      if (outcome.exit === undefined) return { ...reported, outcome: 'error' };
      const { failure } = exitConclusion(requestId, outcome.exit);
      return { ...reported, outcome: 'crash', ...(failure !== undefined && { failure }) };
    }
    case 'exit':
      return exitConclusion(requestId, outcome.exit);
  }
}

/** What an invocation comes to when its initialisation failed: the caller gets the error of the initialisation. */
export function initConclusion(requestId: string, outcome: Exclude<InitOutcome, { kind: 'ready' }>): Conclusion {
  if (outcome.kind === 'exit') return exitConclusion(requestId, outcome.exit);
  const reported = reportedError(outcome.document);
  const failure: FunctionFailure = {
    status: 'error',
    ...(reported.errorType !== undefined && { errorType: reported.errorType }),
  };
  return { ...reported, outcome: 'error', failure };
}

function exitConclusion(requestId: string, exit: ProcessExit): Conclusion {
  const { errorType, message } = exitReason(exit);
  const errorMessage = `RequestId: ${requestId} Error: ${message}`;
  return {
    payload: JSON.stringify({ errorType, errorMessage }),
    outcome: 'crash',
    errorType,
    errorMessage,
    failure: { status: 'error', errorType, line: `${errorMessage}\n${errorType}` },
  };
}

/** Wording and number as recorded by LocalStack against AWS (test_lambda_too_large_response). */
function responseTooLarge(): Conclusion {
  const errorType = 'Function.ResponseSizeTooLarge';
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${responseLimitBytes} bytes).`;
  return { payload: JSON.stringify({ errorMessage, errorType }), outcome: 'error', errorType, errorMessage };
}

function reportedError(document: string): { payload: string; errorType?: string; errorMessage?: string } {
  const { errorType, errorMessage } = JSON.parse(document) as Record<string, unknown>;
  return {
    payload: document,
    ...(typeof errorType === 'string' && { errorType }),
    ...(typeof errorMessage === 'string' && { errorMessage }),
  };
}
