'use strict';
// Keeps calls that were meant for the endpoint from going to AWS. An AWS SDK that does not read AWS_ENDPOINT_URL (version
// 2 for JavaScript, the first ones of version 3) asks AWS itself, with credentials that only the endpoint knows. Such a
// request is recognised by the function's access key, whatever library makes it, and is not sent. Requests without the
// key are the function's own affair: a public file, an API of its own, credentials of its own.
const { subscribe } = require('node:diagnostics_channel');
const { frameKind, send } = require('./output.cjs');

/** DNS suffixes of AWS's partitions (the AWS SDKs' partitions.json, `dnsSuffix` and `dualStackDnsSuffix`). */
const suffixes = [
  'amazonaws.com',
  'amazonaws.com.cn',
  'amazonaws.eu',
  'api.amazonwebservices.com.cn',
  'api.amazonwebservices.eu',
  'api.aws',
  'c2s.ic.gov',
  'cloud.adc-e.uk',
  'csp.hci.ic.gov',
  'sc2s.sgov.gov',
];

/** Where a machine of AWS finds its own credentials (EC2 User Guide, ECS Developer Guide). Lambda has neither. */
const metadataHosts = ['169.254.169.254', '169.254.170.2', '[fd00:ec2::254]', 'fd00:ec2::254'];

function isAwsHost(host) {
  return metadataHosts.includes(host) || suffixes.some((suffix) => host === suffix || host.endsWith(`.${suffix}`));
}

/** @param accessKeyId of the function: what its SDK signs with */
function watchAwsCalls(accessKeyId) {
  const told = new Set();

  /**
   * Tells the call, and ends it by `stop` if it is not to be sent. `credential`: where its signature would be. Kinds of
   * calls: `signed` with the function's key, for `metadata` of a machine, and others, which are `sent`.
   */
  function inspect(host, credential, stop) {
    if (!isAwsHost(host)) return;
    const kind = metadataHosts.includes(host) ? 'metadata' : credential.includes(accessKeyId) ? 'signed' : 'sent';
    const call = JSON.stringify({ host, kind });
    if (!told.has(call)) send(frameKind.awsCall, call);
    told.add(call);
    if (kind !== 'sent') stop(notAsked(host, kind));
  }

  // Node.js: "Diagnostics Channel", built-in channels. What throws in a listener would end the process.
  subscribe('http.client.request.start', ({ request }) => {
    const credential = `${request.path} ${String(request.getHeader('authorization'))}`;
    inspect(String(request.host).toLowerCase(), credential, (error) => request.destroy(error));
  });
  // `fetch`, and undici itself.
  subscribe('undici:request:create', ({ request }) => {
    const host = URL.parse(String(request.origin))?.hostname ?? '';
    inspect(host, `${request.path} ${String(request.headers)}`, (error) => request.onError?.(error));
  });
}

const reasons = {
  metadata:
    'Lambda has no credentials of a machine, and those of this machine are not for functions. The credentials of the function are in its environment variables.',
  signed:
    'AWS does not know the credentials of the local runtime. Give the client the option endpoint: process.env.AWS_ENDPOINT_URL, or use a release of the AWS SDK that reads this variable.',
};

function notAsked(host, kind) {
  const error = new Error(`${host} was not asked: ${reasons[kind]}`);
  return Object.assign(error, { code: 'ERR_AWS_NOT_LOCAL' });
}

module.exports = { watchAwsCalls };
