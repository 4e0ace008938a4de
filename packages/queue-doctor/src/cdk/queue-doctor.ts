import { Annotations, type IAspect, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { type Finding, type FindingCode, textOf } from '../facts.ts';
import { diagnose } from '../index.ts';
import { type AppFacts, appFacts } from './app-facts.ts';
import { asDeployed } from './overrides.ts';

export { type AppFacts, appFacts, setSlowestRecordSeconds } from './app-facts.ts';

export interface QueueDoctorProps {
  /** Page that explains the findings: each finding adds `#` and its code. Default: `docs/doctor.md`. */
  readonly page?: string;
}

/** Stacks that have a doctor: with an aspect on the app and another on the stack, everything is still said once. */
const examined = new WeakSet<Stack>();

/**
 * Looks for mistakes in how queues, functions and the mappings between them are configured. Any CDK app can use it:
 *
 *     Aspects.of(app).add(new QueueDoctor());
 *
 * Errors stop the synthesis, all of them in one message. Warnings are annotations of the CDK: `cdk synth` prints them,
 * and `Validations.of(construct).acknowledge({ id: warningId(code), reason })` silences one.
 */
export class QueueDoctor implements IAspect {
  readonly #page: string | undefined;

  constructor({ page }: QueueDoctorProps = {}) {
    this.#page = page;
  }

  visit(node: IConstruct): void {
    const stack = node.node.scopes.findLast((scope) => Stack.isStack(scope));
    if (stack === undefined || examined.has(stack)) return;
    examined.add(stack);
    // Other aspects may still change constructs after this visit. The CDK validates when the tree is final.
    stack.node.addValidation({ validate: () => examine(stack, this.#page) });
  }
}

/** The id by which a warning is acknowledged. */
export function warningId(code: FindingCode): string {
  return `queue-doctor:${code}`;
}

/** Annotates the stack's constructs with warnings, and returns the errors. */
function examine(stack: Stack, page: string | undefined): string[] {
  // Rendering a template for overrides takes time. Most stacks have no finding and need no rendering.
  if (findingsIn(stack, appFacts(stack.node.root)).length === 0) return [];
  const findings = findingsIn(stack, appFacts(stack.node.root, asDeployed()));
  for (const { finding, construct } of findings) {
    if (finding.severity === 'warning') {
      Annotations.of(construct).addWarningV2(warningId(finding.code), textOf(finding, page));
    }
  }
  return findings.filter(({ finding }) => finding.severity === 'error').map(({ finding }) => textOf(finding, page));
}

/** What is wrong in one stack. The facts are of the whole app: a queue may stand in another stack than its consumer. */
function findingsIn(
  stack: Stack,
  { facts, constructs }: AppFacts,
): readonly { readonly finding: Finding; readonly construct: IConstruct }[] {
  return diagnose(facts).flatMap((finding) => {
    const construct = constructs.get(finding.subject);
    return construct !== undefined && Stack.of(construct) === stack ? [{ finding, construct }] : [];
  });
}
