import { Annotations, type IAspect, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { diagnose, type Finding, type FindingCode, textOf } from 'queue-doctor';
import { appFacts } from './app-facts.ts';

/** Stacks that a doctor looks at already: the aspect of an app and that of a stack say everything once. */
const examined = new WeakSet<Stack>();

/**
 * Looks for mistakes in how queues, functions and the mappings between them are configured, in any stack:
 *
 *     Aspects.of(app).add(new QueueDoctor());
 *
 * Errors stop the synthesis, all of them in one message; warnings are annotations of the CDK, which `cdk synth` prints
 * and `Validations.of(construct).acknowledge({ id: warningId(code), reason })` takes back. docs/doctor.md has a section
 * for each.
 */
export class QueueDoctor implements IAspect {
  visit(node: IConstruct): void {
    const stack = node.node.scopes.findLast((scope) => Stack.isStack(scope));
    if (stack === undefined || examined.has(stack)) return;
    examined.add(stack);
    // Not now: other aspects may still change what is visited later. Validation comes when the tree is as it will be.
    stack.node.addValidation({ validate: () => examine(stack) });
  }
}

/** By which a warning is acknowledged. */
export function warningId(code: FindingCode): string {
  return `queue-doctor:${code}`;
}

function examine(stack: Stack): string[] {
  const { facts, constructs } = appFacts(stack.node.root);
  const findings = diagnose(facts).flatMap((finding) => {
    const construct = constructs.get(finding.subject);
    return construct !== undefined && Stack.of(construct) === stack ? [{ finding, construct }] : [];
  });
  for (const { finding, construct } of findings) warn(finding, construct);
  return findings.filter(({ finding }) => finding.severity === 'error').map(({ finding }) => textOf(finding));
}

function warn(finding: Finding, construct: IConstruct): void {
  if (finding.severity === 'warning') {
    Annotations.of(construct).addWarningV2(warningId(finding.code), textOf(finding));
  }
}
