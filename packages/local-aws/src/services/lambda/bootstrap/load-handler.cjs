'use strict';
// Finds the function that `_HANDLER` names, as Lambda does: `folder/file.export`, the export possibly nested.
const { existsSync, readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { RuntimeError } = require('./error-document.cjs');

/** Message of the managed runtimes from Node.js 24 on, for a handler that declares a third parameter. */
const callbackMessage =
  'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.';

/** Rejects with the error that Lambda reports as the initialisation's. `allowsCallbacks`: runtimes before nodejs24.x. */
async function loadHandler({ taskRoot, handler, allowsCallbacks }) {
  if (handler.includes('..')) {
    throw new RuntimeError(
      'MalformedHandlerName',
      `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const [, file, exportPath] = /^([^.]*)\.(.*)$/.exec(path.basename(handler)) ?? [];
  if (file === undefined) throw new RuntimeError('MalformedHandlerName', 'Bad handler');
  globalThis.awslambda = { streamifyResponse: refuseStreaming };
  const module = await loadModule(taskRoot, path.join(path.dirname(handler), file));
  const found = exportPath.split('.').reduce((value, key) => value?.[key], module);
  if (!found) throw new RuntimeError('HandlerNotFound', `${handler} is undefined or not exported`);
  if (typeof found !== 'function') throw new RuntimeError('HandlerNotFound', `${handler} is not a function`);
  if (!allowsCallbacks && found.length >= 3) throw new RuntimeError('CallbackHandlerDeprecated', callbackMessage);
  return found;
}

async function loadModule(taskRoot, name) {
  try {
    return await requireOrImport(taskRoot, name);
  } catch (error) {
    if (error instanceof SyntaxError) throw new RuntimeError('UserCodeSyntaxError', String(error));
    // Only what `require` misses: an ES module's ERR_MODULE_NOT_FOUND stays the plain error that it is, as on Lambda.
    if (error instanceof Error && error.code === 'MODULE_NOT_FOUND') {
      throw new RuntimeError('ImportModuleError', String(error));
    }
    throw error;
  }
}

/** `.js` by the nearest package.json, then `.mjs`, then `.cjs`, then as `require` resolves it: Lambda's own order. */
function requireOrImport(taskRoot, name) {
  const base = path.resolve(taskRoot, name);
  const require = createRequire(path.join(taskRoot, 'index.js'));
  if (existsSync(`${base}.js`)) {
    return isModulePackage(path.dirname(base)) ? import(pathToFileURL(`${base}.js`).href) : require(`${base}.js`);
  }
  if (existsSync(`${base}.mjs`)) return import(pathToFileURL(`${base}.mjs`).href);
  if (existsSync(`${base}.cjs`)) return require(`${base}.cjs`);
  return require(require.resolve(name, { paths: [taskRoot] }));
}

function isModulePackage(folder) {
  if (path.basename(folder) === 'node_modules') return false;
  const file = path.join(folder, 'package.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')).type === 'module';
  const parent = path.dirname(folder);
  return parent === folder ? false : isModulePackage(parent);
}

function refuseStreaming() {
  throw new RuntimeError(
    'MalformedStreamingHandler',
    'Response streaming (awslambda.streamifyResponse) does not run locally: export the handler without it.',
  );
}

module.exports = { loadHandler };
