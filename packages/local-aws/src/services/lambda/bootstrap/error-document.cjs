'use strict';

/** An error of the runtime itself, named as Lambda names it: `Runtime.HandlerNotFound`. */
class RuntimeError extends Error {
  constructor(type, message) {
    super(message);
    this.name = `Runtime.${type}`;
  }
}

/** What the caller of the function sees: `{ errorType, errorMessage, trace }`. A thrown non-error keeps its type. */
function errorDocument(error) {
  if (error instanceof Error || isErrorLike(error)) {
    return { errorType: error.name, errorMessage: error.message, trace: String(error.stack).split('\n') };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

/** An error of another realm (`node:vm`) is no `instanceof Error` here. */
function isErrorLike(value) {
  return ['name', 'message', 'stack'].every((key) => typeof value?.[key] === 'string' && value[key] !== '');
}

function asError(value) {
  return value instanceof Error ? value : new Error(value);
}

/** The JSON that follows `Invoke Error` in a text log, behind a tab. */
function formatInvokeError(error) {
  try {
    return `\t${JSON.stringify(error, (_key, value) => (value instanceof Error ? enumerable(value) : value))}`;
  } catch {
    return `\t${JSON.stringify(errorDocument(error))}`;
  }
}

/** An error's own members are not enumerable, so that `JSON.stringify` alone would print `{}`. */
function enumerable(error) {
  return {
    errorType: error.name,
    errorMessage: error.message,
    code: error.code,
    ...error,
    ...(typeof error.stack === 'string' && { stack: error.stack.split('\n') }),
  };
}

module.exports = { RuntimeError, asError, errorDocument, formatInvokeError };
