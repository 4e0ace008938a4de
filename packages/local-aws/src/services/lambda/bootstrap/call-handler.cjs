'use strict';
// Calls a handler in any of the styles that Lambda's Node.js runtimes know and promises the outcome.
const { RuntimeError } = require('./error-document.cjs');

/**
 * Async style: the outcome is that of the promise. Callback style (runtimes before nodejs24.x): that of `callback`,
 * once the event loop is empty unless `callbackWaitsForEmptyEventLoop` is false, or that of `context.succeed`, `fail`
 * and `done`, at once. A handler that leaves nothing to wait for without an outcome: `null` for a plain function,
 * `Runtime.NodeJsExit` for an async one.
 */
function callHandler(handler, event, context, allowsCallbacks) {
  return new Promise((resolve, reject) => {
    let ifLoopEmpties = () => {
      if (isAsync(handler)) reject(new RuntimeError('NodeJsExit', neverSettled));
      else resolve(null);
    };
    const onBeforeExit = () => ifLoopEmpties();
    process.once('beforeExit', onBeforeExit);
    const settle = (outcome) => (value) => {
      process.off('beforeExit', onBeforeExit);
      outcome(value);
    };
    const succeed = settle(resolve);
    const fail = settle(reject);

    const callback = (error, result) => {
      if (error !== undefined && error !== null) fail(error);
      else if (context.callbackWaitsForEmptyEventLoop) ifLoopEmpties = () => succeed(result);
      else succeed(result);
    };
    if (allowsCallbacks) {
      context.succeed = succeed;
      context.fail = (error) => fail(error ?? 'handled');
      context.done = (error, result) => (error === undefined || error === null ? succeed(result) : fail(error));
    }
    try {
      const result = allowsCallbacks ? handler(event, context, callback) : handler(event, context);
      if (typeof result?.then === 'function') result.then(succeed, fail);
      else if (!allowsCallbacks) succeed(result);
    } catch (error) {
      fail(error);
    }
  });
}

const neverSettled =
  'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes';

function isAsync(handler) {
  return handler.constructor?.name === 'AsyncFunction';
}

module.exports = { callHandler };
