/**
 * For tests and measurements of what runs on local-aws: a clock that a test turns, cloud assemblies written by hand,
 * and single parts of the runtime. These are closer to its inside than `local-aws` is, and change with it.
 */

// Waiting.
export { ManualClock } from './manual-clock.ts';
export { eventually, patienceMs } from './eventually.ts';
export { type EventOf, EventWatch } from './event-watch.ts';

// Cloud assemblies without a CDK app.
export {
  consumer,
  functionWith,
  mappingWith,
  queueWith,
  writeAssembly,
  type WrittenStack,
} from './written-assembly.ts';
export { type PipelineSettings, writePipelines } from './written-pipelines.ts';

// Commands as processes.
export { processTree, survivors } from './process-tree.ts';
export { type CommandOptions, RunningCommand } from './running-command.ts';

// IAM's decision on one request.
export { evaluate } from '../services/iam/evaluate.ts';
export { accessRequest } from '../services/iam/request.ts';

// The process that holds the tables, without a runtime in front.
export { DynaliteProcess, Forwarder } from '../services/dynamodb/process.ts';
export { createTableInput } from '../services/dynamodb/tables.ts';

// What dynalite lacks, for a test that has it in its own process.
export { returnItemOfFailedCondition } from '../services/dynamodb/dynalite-patches.ts';
