'use strict';
// The client of the Lambda Runtime API, version 2018-06-01 ("Using the Lambda runtime API", Lambda Developer Guide).
const { Agent, request } = require('node:http');

/** `address` is `AWS_LAMBDA_RUNTIME_API`: host, port and, here, the path that tells the environments apart. */
function createRuntimeClient(address) {
  const url = new URL(`http://${address}`);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const base = `${url.pathname}/2018-06-01/runtime`;

  function call(method, path, body, headers = {}) {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        { agent, host: url.hostname, port: url.port, method, path: `${base}${path}`, headers },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk) => (text += chunk));
          response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  function post(path, text, headers) {
    const body = Buffer.from(text);
    return call('POST', path, body, { 'content-type': 'application/json', 'content-length': body.length, ...headers });
  }

  function postError(path, document) {
    return post(path, JSON.stringify(document), {
      'lambda-runtime-function-error-type': encodeURI(document.errorType),
    });
  }

  return {
    next: () => call('GET', '/invocation/next'),
    respond: (requestId, text) => post(`/invocation/${requestId}/response`, text),
    fail: (requestId, document) => postError(`/invocation/${requestId}/error`, document),
    failInit: (document) => postError('/init/error', document),
  };
}

module.exports = { createRuntimeClient };
