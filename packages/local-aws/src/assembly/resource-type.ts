import type { Assets } from './asset-manifest.ts';
import type { Draft } from './draft.ts';
import type { Properties } from './properties.ts';
import type { StackEnvironment } from './pseudo-parameters.ts';

/** A resource of a template, ready to be read. */
export interface DeclaredResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly environment: StackEnvironment;
  readonly properties: Properties;
  readonly assets: Assets;
  /** Folder for code that has to be written out: inline code and unpacked archives. */
  readonly codeRoot: string;
}

/** What `Ref` and `Fn::GetAtt` give for a resource. `physicalId` is the value of `Ref`. */
export interface Identity {
  readonly physicalId: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** One CloudFormation resource type. Together, `reads`, `ignores` and `refuses` name every property of the type. */
export interface ResourceType {
  readonly reads: readonly string[];
  /** Properties that change nothing on this machine, and why. */
  readonly ignores: Readonly<Record<string, string>>;
  /** Properties that would change behaviour and are not supported, and what to do instead. */
  readonly refuses: Readonly<Record<string, { readonly reason: string; readonly remedy: string }>>;
  identify(resource: DeclaredResource): Identity;
  /** Adds the resource to the model. */
  declare(resource: DeclaredResource, identity: Identity, draft: Draft): void;
}
