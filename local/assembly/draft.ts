import type {
  AsyncRetrySettings,
  FunctionModel,
  KeyModel,
  LogGroupModel,
  MappingModel,
  PolicyDocument,
  QueueModel,
  RoleModel,
  SkippedResource,
  TableModel,
} from '../model.ts';
import type { Place } from '../errors.ts';

/** The model while resources are added to it, before policies find their queues and roles. */
export interface Draft {
  readonly queues: Omit<QueueModel, 'policies'>[];
  readonly queuePolicies: {
    readonly queueUrls: readonly string[];
    readonly document: PolicyDocument;
    readonly place: Place;
  }[];
  readonly functions: FunctionModel[];
  readonly asyncRetries: {
    readonly functionName: string;
    readonly settings: AsyncRetrySettings;
    readonly place: Place;
  }[];
  readonly mappings: MappingModel[];
  readonly roles: DraftRole[];
  readonly rolePolicies: DraftRolePolicy[];
  readonly logGroups: LogGroupModel[];
  readonly keys: KeyModel[];
  readonly tables: TableModel[];
  readonly skipped: SkippedResource[];
}

/** A role before the policies that name it are attached. */
export interface DraftRole extends RoleModel {
  /** Whether the role's trust policy lets Lambda assume it. */
  readonly trustsLambda: boolean;
}

/** `AWS::IAM::Policy` (without an ARN) or `AWS::IAM::ManagedPolicy`. */
export interface DraftRolePolicy {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly arn?: string;
  readonly roleNames: readonly string[];
  readonly document: PolicyDocument;
}

export function emptyDraft(): Draft {
  return {
    queues: [],
    queuePolicies: [],
    functions: [],
    asyncRetries: [],
    mappings: [],
    roles: [],
    rolePolicies: [],
    logGroups: [],
    keys: [],
    tables: [],
    skipped: [],
  };
}
