import type { LeftOutPart } from './left-out.ts';

/** What the runtime knows of an assembly beside the resources of its services. */
export interface AssemblyModel {
  readonly region: string;
  readonly accountId: string;
  readonly stacks: readonly StackModel[];
  /** Resources with no local meaning, listed once for the person at the terminal. */
  readonly skipped: readonly SkippedResource[];
  /** Resources that are served, but do less than on AWS: what they do not do is listed at the start. */
  readonly limited: readonly LimitedResource[];
  /** What a person chose to leave out (`--skip`), and what went with it. */
  readonly leftOut: readonly LeftOutPart[];
}

/** A stack of the assembly, as CloudFormation's API tells it. */
export interface StackModel {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  /** Of a nested stack: ARNs of the stack whose resource it is, and of the outermost one. */
  readonly nesting?: { readonly parentArn: string; readonly rootArn: string };
  /** The template as the assembly has it. */
  readonly templateBody: string;
  readonly outputs: readonly StackOutput[];
  readonly resources: readonly StackResource[];
}

/** A value of the template's `Outputs`; `exportName` is that of its `Export`. */
export interface StackOutput {
  readonly key: string;
  readonly value: string;
  readonly description?: string;
  readonly exportName?: string;
}

/** A resource of the template. `physicalId` is what `Ref` answers: a queue's URL, a function's name. */
export interface StackResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
}

/** What a template declares: every part of the model names its place there. */
export interface Declared {
  readonly stack: string;
  readonly logicalId: string;
}

/** A resource that is served, and what of it does not work as on AWS: one sentence. */
export interface LimitedResource extends Declared {
  readonly type: string;
  readonly limit: string;
}

/** A resource that does not run here, and why. */
export interface SkippedResource extends Declared {
  readonly type: string;
  readonly reason: string;
  /** Which of its values an app may use, and that nothing stands behind the value: one sentence. */
  readonly madeUp?: string;
}
