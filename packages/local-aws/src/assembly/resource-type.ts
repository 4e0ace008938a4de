import type { Draft } from './draft.ts';
import type { StackEnvironment } from './environment.ts';
import type { Assets, DockerImages } from './assets.ts';
import type { Properties } from './properties.ts';

/** One CloudFormation resource type. Together, `reads`, `ignores` and `refuses` name every property of the type. */
export interface ResourceType {
  readonly reads: readonly string[];
  /** Properties that change nothing on this machine, and why. */
  readonly ignores: Readonly<Record<string, string>>;
  /** Properties that would change behaviour and are not supported, and what to do instead. */
  readonly refuses: Readonly<Record<string, { readonly reason: string; readonly remedy: string }>>;
  /** Properties that name what the resource belongs to: when that is left out by choice, the resource is too. */
  readonly belongsTo?: readonly string[];
  /** What an app is like without the resource: one sentence. */
  readonly without?: string;
  identify(resource: DeclaredResource): Identity;
  /** Adds the resource to the draft of the model. */
  declare(resource: DeclaredResource, identity: Identity, draft: Draft): void;
}

/** By their names in templates: `AWS::SQS::Queue`. */
export type ResourceTypes = Readonly<Record<string, ResourceType>>;

/** A resource of a template, ready to be read. */
export interface DeclaredResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly environment: StackEnvironment;
  readonly properties: Properties;
  readonly assets: Assets;
  readonly images: DockerImages;
  /** Folder for code that has to be written out: inline code and unpacked archives. */
  readonly codeRoot: string;
}

/** What `Ref` and `Fn::GetAtt` give for a resource. `physicalId` is the value of `Ref`. */
export interface Identity {
  readonly physicalId: string;
  readonly attributes: Readonly<Record<string, string>>;
  /**
   * Addresses that the resource has on AWS (`https://<id>.execute-api.us-east-1.amazonaws.com`), and those that stand for
   * them in every text here.
   */
  readonly addresses?: Readonly<Record<string, string>>;
  /** The value of any other attribute, for a resource that is not here. */
  attributeOf?(name: string): string;
}

/** What a service has to do with templates: its resource types, and its part of the model. */
export interface ServiceResources {
  readonly resourceTypes?: ResourceTypes;
  /**
   * Makes the service's part of the model from what its resource types declared in all stacks. Other services' lists may
   * be read too.
   *
   * @throws {LocalRuntimeError} for what AWS would refuse
   */
  readModel?(draft: Draft): object;
}
