import type { Facts, Finding } from './facts.ts';
import { functionFindings } from './function-rules.ts';
import { mappingFindings } from './mapping-rules.ts';
import { queueFindings } from './queue-rules.ts';

/** All that is wrong with a configuration, errors first. Pure: the same at synthesis and for a deployed stack. */
export function diagnose(facts: Facts): readonly Finding[] {
  const findings = [
    ...facts.queues.flatMap((queue) => queueFindings(queue, facts)),
    ...facts.mappings.flatMap(mappingFindings),
    ...facts.functions.flatMap((fn) => functionFindings(fn, facts)),
  ];
  return findings.toSorted((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
}
