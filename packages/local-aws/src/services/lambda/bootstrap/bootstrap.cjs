'use strict';
// What runs in the process of an execution environment: loads the handler, then asks the Runtime API for one
// invocation after the other. CommonJS, because it starts in half the time of an ES module.
const { watchAwsCalls } = require('./aws-calls.cjs');
const { callHandler } = require('./call-handler.cjs');
const { RuntimeError, errorDocument } = require('./error-document.cjs');
const { handlerContext } = require('./handler-context.cjs');
const { patchConsole, setRequestId } = require('./lambda-console.cjs');
const { loadHandler } = require('./load-handler.cjs');
const { createMemoryWatch } = require('./memory-watch.cjs');
const { captureStandardStreams, frameKind, send } = require('./output.cjs');
const { createRuntimeClient } = require('./runtime-client.cjs');

const environment = process.env;
const runtimeMajor = Number(/nodejs(\d+)/.exec(environment.AWS_EXECUTION_ENV ?? '')?.[1] ?? Infinity);
const allowsCallbacks = runtimeMajor < 24;

captureStandardStreams();
const logError = patchConsole({
  logFormat: environment.AWS_LAMBDA_LOG_FORMAT,
  logLevel: environment.AWS_LAMBDA_LOG_LEVEL,
});
watchAwsCalls(environment.AWS_ACCESS_KEY_ID);
const client = createRuntimeClient(environment.AWS_LAMBDA_RUNTIME_API);
const memory = createMemoryWatch(Number(environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE));
let currentRequestId;

process.on('uncaughtException', (error) => void dieOf('Uncaught Exception', error, 129));
process.on('unhandledRejection', (reason) => {
  const error = new RuntimeError('UnhandledPromiseRejection', String(reason));
  error.reason = reason;
  void dieOf('Unhandled Promise Rejection', error, 128);
});

/** Exit statuses 128 and 129 are those of Lambda's runtime. */
async function dieOf(what, error, exitStatus) {
  logError(what, error);
  send(frameKind.exiting, String(memory.stop()));
  const document = errorDocument(error);
  const report = currentRequestId === undefined ? client.failInit(document) : client.fail(currentRequestId, document);
  await report.catch(() => {});
  process.exit(exitStatus);
}

async function run() {
  let handler;
  try {
    handler = await loadHandler({
      taskRoot: environment.LAMBDA_TASK_ROOT,
      handler: environment['_HANDLER'],
      allowsCallbacks,
    });
  } catch (error) {
    return dieOf(allowsCallbacks ? 'Uncaught Exception' : 'Init Error', error, 129);
  }
  memory.tell();
  for (;;) {
    const invocation = await client.next();
    await answer(handler, invocation);
  }
}

async function answer(handler, { headers, text }) {
  const requestId = headers['lambda-runtime-aws-request-id'];
  currentRequestId = requestId;
  setRequestId(requestId);
  environment['_X_AMZN_TRACE_ID'] = headers['lambda-runtime-trace-id'];
  memory.start();
  let response;
  try {
    response = stringify(await callHandler(handler, JSON.parse(text), handlerContext(headers), allowsCallbacks));
  } catch (error) {
    logError('Invoke Error', error);
    send(frameKind.done, String(memory.stop()));
    await client.fail(requestId, errorDocument(error));
    return;
  }
  send(frameKind.done, String(memory.stop()));
  await client.respond(requestId, response);
}

/** Lambda's newer runtime client has an error type of its own for this; the older one a plain error. */
function stringify(result) {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? 'null';
  } catch {
    const message = 'Unable to stringify response body';
    throw allowsCallbacks ? new Error(message) : new RuntimeError('JSONStringifyError', message);
  }
}

// A connection that breaks means that the runner is gone: nothing is left to run for.
run().catch(() => process.exit(1));
