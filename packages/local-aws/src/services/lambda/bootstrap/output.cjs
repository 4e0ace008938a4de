'use strict';
// What a function writes reaches the runner through descriptor 3, as frames: one byte of kind, four of length (big
// endian), the payload in UTF-8. Lambda's managed runtimes do the same on a descriptor of their own, for the same two
// reasons: an event of several lines stays one event, and a synchronous write loses nothing when the process dies.
const { writeSync } = require('node:fs');

const channel = 3;

/** The runner's half of this table is in packages/local-aws/src/services/lambda/process-output.ts. */
const frameKind = {
  /** A complete log event. */
  log: 1,
  /** A chunk that the function wrote to standard output itself. */
  stdout: 2,
  stderr: 3,
  /** The invocation is over and its answer is on its way; payload: peak memory in bytes. */
  done: 4,
  /** As `done`, but the process ends itself once the answer is delivered. */
  exiting: 5,
  /** The memory limit is passed: the process kills itself, as the kernel would on AWS. */
  outOfMemory: 6,
  /** Peak memory in bytes so far, for the report of an invocation that never gets to `done`. */
  memory: 7,
  /** The first call of a host of AWS; payload: JSON, `{ host, kind }`, the kinds as in aws-calls.cjs. */
  awsCall: 8,
};

function send(kind, payload) {
  const body = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const frame = Buffer.allocUnsafe(5 + body.length);
  frame[0] = kind;
  frame.writeUInt32BE(body.length, 1);
  body.copy(frame, 5);
  let written = 0;
  while (written < frame.length) {
    try {
      written += writeSync(channel, frame, written);
    } catch (error) {
      // The descriptor blocks unless the function's code changed it; without a reader there is nobody left to run for.
      if (error.code !== 'EAGAIN') process.exit(1);
    }
  }
}

/** Standard output and error become frames too: in order with `console`, and complete when the process is killed. */
function captureStandardStreams() {
  for (const [name, fd] of [
    ['stdout', 1],
    ['stderr', 2],
  ]) {
    let stream;
    Object.defineProperty(process, name, {
      configurable: true,
      enumerable: true,
      get() {
        stream ??= frameStream(frameKind[name], fd);
        return stream;
      },
    });
  }
}

/** Made when first used: most functions only use `console`. */
function frameStream(kind, fd) {
  const { Writable } = require('node:stream');
  const stream = new Writable({
    write(chunk, _encoding, callback) {
      send(kind, chunk);
      callback();
    },
  });
  return Object.assign(stream, { fd, isTTY: false });
}

module.exports = { captureStandardStreams, frameKind, send };
