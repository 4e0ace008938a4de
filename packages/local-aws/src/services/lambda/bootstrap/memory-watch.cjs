'use strict';
// Enforces the function's memory limit. On AWS the kernel kills what grows beyond it; here the process watches its own
// resident set while an invocation runs and at its end, which works alike on Linux and macOS. (Not
// `process.resourceUsage().maxRSS`: on Linux a new process inherits that peak from the one that forked it.)
const { frameKind, send } = require('./output.cjs');

const intervalMs = 100;
const megabyte = 1024 * 1024;

function createMemoryWatch(limitMb) {
  let peakBytes = 0;
  let toldBytes = 0;
  let timer;

  function sample() {
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
    if (peakBytes <= limitMb * megabyte) return;
    send(frameKind.outOfMemory, String(peakBytes));
    process.kill(process.pid, 'SIGKILL');
  }

  function tell() {
    sample();
    if (peakBytes - toldBytes >= megabyte) send(frameKind.memory, String(peakBytes));
    toldBytes = peakBytes;
  }

  return {
    tell,
    start() {
      timer = setInterval(tell, intervalMs).unref();
    },
    /** Ends the watch; returns the highest resident set seen in the life of the process, in bytes. */
    stop() {
      clearInterval(timer);
      sample();
      return peakBytes;
    },
  };
}

module.exports = { createMemoryWatch };
