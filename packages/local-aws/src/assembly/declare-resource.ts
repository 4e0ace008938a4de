import type { Draft } from './draft.ts';
import { assemblyError } from './error-codes.ts';
import { identifySkipped, skippedTypes, unsupportedResource } from './not-run.ts';
import type { DeclaredResource, Identity, ResourceType, ResourceTypes } from './resource-type.ts';

/** What `Ref` and `GetAtt` give for the resource. */
export function identityOf(resource: DeclaredResource, types: ResourceTypes): Identity {
  const type = types[resource.type];
  if (type !== undefined) return type.identify(resource);
  if (skippedTypes[resource.type] !== undefined) return identifySkipped(resource);
  throw unsupportedResource(resource);
}

/** Adds the resource to the draft, or to its skipped resources. A resource that can be neither is an error. */
export function declareResource(
  resource: DeclaredResource,
  identity: Identity,
  draft: Draft,
  types: ResourceTypes,
): void {
  const type = types[resource.type];
  if (type !== undefined) {
    refuseProperties(resource, type);
    return type.declare(resource, identity, draft);
  }
  const { stack, logicalId } = resource;
  draft.skip({ stack, logicalId, type: resource.type, reason: skippedTypes[resource.type] ?? '' });
}

function refuseProperties({ properties }: DeclaredResource, { reads, ignores, refuses }: ResourceType): void {
  properties.refuseUnknown([...reads, ...Object.keys(ignores), ...Object.keys(refuses)]);
  for (const [name, { reason, remedy }] of Object.entries(refuses)) {
    if (!properties.names().includes(name) || isEmpty(properties.value(name))) continue;
    throw assemblyError('PROPERTY_UNSUPPORTED', reason, remedy, properties.placeOf(name));
  }
}

/** A property set to nothing asks for nothing. */
function isEmpty(value: unknown): boolean {
  return value === undefined || value === false || (Array.isArray(value) && value.length === 0);
}
