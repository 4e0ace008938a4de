import { ResourceList } from '../../assembly/draft.ts';
import type { Declared } from '../../assembly/model.ts';
import type { PolicyDocument, PolicyStatement } from '../iam/model.ts';

/** EventBridge's part of the model. The default bus is always there, and only its policies stand here. */
export interface EventBridgeModel {
  readonly eventBuses: readonly EventBusModel[];
  readonly eventRules: readonly RuleModel[];
}

/** `AWS::Events::EventBus`, with the policies that name it. */
export interface EventBusModel extends Declared {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  readonly policies: readonly PolicyDocument[];
}

/** `AWS::Events::Rule`. */
export interface RuleModel extends Declared, RuleSettings {
  readonly name: string;
  readonly arn: string;
  readonly busName: string;
  readonly targets: readonly RuleTarget[];
}

/** What PutRule says of a rule. A rule has a pattern, a schedule, or both. */
export interface RuleSettings {
  readonly state: RuleState;
  readonly description?: string;
  /** JSON text. */
  readonly eventPattern?: string;
  /** `rate(5 minutes)`, `cron(0 10 * * ? *)`. */
  readonly scheduleExpression?: string;
  readonly roleArn?: string;
}

export const ruleStates = ['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'] as const;
export type RuleState = (typeof ruleStates)[number];

/** A target as PutTargets takes it and as templates write it. */
export interface RuleTarget {
  readonly Id: string;
  readonly Arn: string;
  readonly RoleArn?: string;
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: InputTransformer;
  readonly SqsParameters?: { readonly MessageGroupId?: string };
  readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number; readonly MaximumEventAgeInSeconds?: number };
  readonly DeadLetterConfig?: { readonly Arn?: string };
}

/** `InputPathsMap` has a JSON path for each variable of the template. */
export interface InputTransformer {
  readonly InputPathsMap?: Readonly<Record<string, string>>;
  readonly InputTemplate: string;
}

/** A bus of a template, before the policies that name it are attached. */
export type DeclaredEventBus = Omit<EventBusModel, 'policies'> & { readonly policy?: PolicyDocument };

export const declaredEventBuses = new ResourceList<DeclaredEventBus>();

export const declaredRules = new ResourceList<RuleModel>();

/** `AWS::Events::EventBusPolicy`: a statement of a bus's policy. */
export const declaredBusStatements = new ResourceList<
  Declared & { readonly busName: string; readonly statement: PolicyStatement }
>();

export const defaultBusName = 'default';
