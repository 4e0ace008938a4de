import type { Facts, Finding } from './facts.ts';
import { accountConcurrencyTooLow, functionFindings } from './function-rules.ts';
import { mappingFindings } from './mapping-rules.ts';
import { queueFindings } from './queue-rules.ts';

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
export { advisedVisibilitySeconds } from './mapping-rules.ts';

/**
 * Everything that is wrong with a configuration, errors first. A pure function: it says the same of facts that were
 * read at synthesis and of facts that were read from a deployed stack.
 */
export function diagnose(facts: Facts): readonly Finding[] {
  const findings = [
    ...facts.queues.flatMap((queue) => queueFindings(queue, facts)),
    ...facts.mappings.flatMap(mappingFindings),
    ...facts.functions.flatMap((fn) => functionFindings(fn, facts)),
    ...accountConcurrencyTooLow(facts),
  ];
  return findings.toSorted((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
}
