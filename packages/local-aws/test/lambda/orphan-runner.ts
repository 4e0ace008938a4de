import { codeFolder, endless, functionModel, startLambda } from './function-fixture.ts';

/** A runner for process-guard.test.ts to kill: starts a function that starts a process, and prints both pids. */
const running = await startLambda([functionModel({ codeDirectory: codeFolder(endless) })]);
running.events.subscribe((event) => {
  if (event.type === 'log' && event.message.includes('pids')) process.stdout.write(`${event.message}\n`);
});
await running.lambda.invoke('worker', '{}');
