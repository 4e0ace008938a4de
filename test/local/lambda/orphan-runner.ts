import { codeFolder, functionModel, startLambda } from './function-fixture.ts';

/**
 * A runner for process-guard.test.ts to kill: starts a function that starts a process and then never returns, and
 * prints both pids.
 */
const folder = codeFolder({
  'index.js': `
    const { spawn } = require('node:child_process');
    exports.handler = async () => {
      console.log('pids', process.pid, spawn('sleep', ['60']).pid);
      for (;;) {}
    };`,
});
const running = await startLambda([functionModel({ codeDirectory: folder })]);
running.events.subscribe((event) => {
  if (event.type === 'log' && event.message.includes('pids')) process.stdout.write(`${event.message}\n`);
});
await running.lambda.invoke('worker', '{}');
