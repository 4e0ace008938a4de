export { advisedVisibilitySeconds } from './advised-visibility.ts';
export { diagnose } from './diagnose.ts';
export {
  type Facts,
  type Finding,
  type FindingCode,
  type FunctionFacts,
  type MappingFacts,
  type MeasuredRun,
  type QueueFacts,
  type RedriveFacts,
  findingCodes,
  linkOf,
  textOf,
} from './facts.ts';
