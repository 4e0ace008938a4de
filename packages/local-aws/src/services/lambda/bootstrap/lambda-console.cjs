'use strict';
// `console` as Lambda's Node.js runtimes give it: each call is one log event, in text or JSON. Facts: Lambda Developer
// Guide, "Log and monitor Node.js Lambda functions", and the runtime interface client's LogPatch.
const { format } = require('node:util');
const { asError, formatInvokeError } = require('./error-document.cjs');
const { frameKind, send } = require('./output.cjs');

const levels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const methods = {
  trace: 'TRACE',
  debug: 'DEBUG',
  info: 'INFO',
  log: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
  fatal: 'FATAL',
};

let requestId;

/** The request id that every line carries from now on. Before the first invocation it prints as `undefined`. */
function setRequestId(id) {
  requestId = id;
}

/** Replaces the methods of `console`; returns how to log an error that ends an invocation or the initialisation. */
function patchConsole({ logFormat, logLevel }) {
  const json = logFormat === 'JSON';
  const line = json ? jsonLine : textLine;
  const least = Math.max(levels.indexOf(logLevel ?? 'TRACE'), 0);
  for (const [method, level] of Object.entries(methods)) {
    const passes = level === 'FATAL' || levels.indexOf(level) >= least;
    console[method] = passes ? (...values) => send(frameKind.log, line(level, values)) : () => {};
  }
  return json
    ? (_what, error) => console.error(asError(error))
    : (what, error) => console.error(what, formatInvokeError(asError(error)));
}

function textLine(level, values) {
  return `${new Date().toISOString()}\t${requestId}\t${level}\t${format(...values)}`;
}

function jsonLine(level, values) {
  const line = { timestamp: new Date().toISOString(), level, requestId };
  if (values.length === 1) {
    try {
      return JSON.stringify({ ...line, message: values[0] }, errorsAsDocuments);
    } catch {
      return JSON.stringify({ ...line, message: format(values[0]) });
    }
  }
  const error = values.find((value) => value instanceof Error);
  return JSON.stringify({ ...line, message: format(...values), ...(error && errorMembers(error)) });
}

function errorMembers(error) {
  return {
    errorType: error.constructor?.name ?? 'UnknownError',
    errorMessage: error.message,
    stackTrace: typeof error.stack === 'string' ? error.stack.split('\n') : [],
  };
}

function errorsAsDocuments(_key, value) {
  return value instanceof Error ? Object.assign(errorMembers(value), value) : value;
}

module.exports = { patchConsole, setRequestId };
