import { ResourceList } from '../../assembly/draft.ts';
import type { Declared } from '../../assembly/model.ts';

/** IAM's part of the model. */
export interface IamModel {
  readonly roles: readonly RoleModel[];
}

/** `AWS::IAM::Role`, with all that is allowed or denied to it. */
export interface RoleModel extends Declared {
  readonly name: string;
  readonly arn: string;
  /** Inline policies and `AWS::IAM::Policy`/`ManagedPolicy` resources attached to the role. */
  readonly policies: readonly PolicyDocument[];
  /** AWS-managed policies by ARN. */
  readonly managedPolicyArns: readonly string[];
  /** Who may assume the role. Its statements name the role as their resource. */
  readonly trustPolicy?: PolicyDocument;
}

/** A policy as written, its intrinsic functions resolved; a single statement is a list of one. */
export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: readonly PolicyStatement[];
}

/** Elements of a statement (IAM User Guide, "JSON policy elements"), not yet checked: iam/ refuses what it cannot. */
export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What a service says of policies. */
export interface PolicyService<Model extends object = object> {
  /**
   * Prefix of the service's actions in policies: `sqs`. An assembly is refused when a statement about such an action has
   * something that cannot be evaluated here. Undefined: policies about the service are not looked at beforehand.
   */
  readonly actionPrefix?: string;
  /**
   * As which principal the service calls others here, for its resources: `sns.amazonaws.com`. Statements about the
   * principal are checked like those about roles. Undefined: the service calls nobody.
   */
  readonly principal?: string;
  /** The service's resources that have policies of their own: queues and their queue policies. */
  resourcePolicies?(model: Model): readonly PolicyHolder[];
}

/** A resource that says itself who may use it. */
export interface PolicyHolder extends Declared {
  readonly arn: string;
  readonly policies: readonly PolicyDocument[];
}

/** A role before the policies that name it are attached. */
export interface DeclaredRole extends RoleModel {
  /** Whether the role's trust policy lets Lambda assume it. */
  readonly trustsLambda: boolean;
}

/** `AWS::IAM::Policy` (without an ARN) or `AWS::IAM::ManagedPolicy`. */
export interface DeclaredRolePolicy extends Declared {
  readonly type: string;
  readonly arn?: string;
  readonly roleNames: readonly string[];
  readonly document: PolicyDocument;
}

export const declaredRoles = new ResourceList<DeclaredRole>();

export const declaredRolePolicies = new ResourceList<DeclaredRolePolicy>();
