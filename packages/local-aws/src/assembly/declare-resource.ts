import type { Draft } from './draft.ts';
import { assemblyError } from './error-codes.ts';
import { LocalRuntimeError } from '../errors.ts';
import { identifySkipped, isSkipped, madeUpValues, skippedTypes } from './not-run.ts';
import type { DeclaredResource, Identity, ResourceType, ResourceTypes } from './resource-type.ts';
import { unsupportedResource, withoutUnsupported } from './unsupported-types.ts';

/** What `Ref` and `GetAtt` give for the resource. */
export function identityOf(resource: DeclaredResource, types: ResourceTypes): Identity {
  const type = types[resource.type];
  if (type !== undefined) return type.identify(resource);
  if (isSkipped(resource)) return withMadeUpAttributes(resource, identifySkipped(resource));
  throw unsupportedResource(resource);
}

/**
 * What `Ref` and `GetAtt` give for a resource that is left out by choice: the values that it would have, and where
 * nobody here can know them, values that are made up.
 */
export function identityOfLeftOut(resource: DeclaredResource, types: ResourceTypes): Identity {
  try {
    return withMadeUpAttributes(resource, types[resource.type]?.identify(resource) ?? identifySkipped(resource));
  } catch (error) {
    if (!(error instanceof LocalRuntimeError)) throw error;
    return withMadeUpAttributes(resource, { physicalId: `left-out-${resource.logicalId}`, attributes: {} });
  }
}

/** For a resource that is not here, or not whole: somebody may ask for attributes that nobody here knows. */
export function withMadeUpAttributes({ logicalId, type, environment }: DeclaredResource, identity: Identity): Identity {
  const { partition, region, accountId } = environment;
  const service = type.split('::')[1]?.toLowerCase() ?? 'custom';
  const arn = `arn:${partition}:${service}:${region}:${accountId}:left-out-${logicalId}`;
  return { ...identity, attributeOf: (name) => (name.endsWith('Arn') ? arn : `left-out-${logicalId}-${name}`) };
}

/** What an app is like without the resource, or without one of its properties: one sentence. */
export function meaningOfLeavingOut(type: string, property: string | undefined, types: ResourceTypes): string {
  const served = types[type];
  if (property === undefined) {
    return served === undefined
      ? withoutUnsupported(type)
      : (served.without ?? 'It is not there, and nothing that it does.');
  }
  const reason = served?.refuses[property]?.reason;
  return `It is served without ${property}.${reason === undefined ? '' : ` ${reason}`}`;
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
  const madeUp = madeUpValues[resource.type];
  draft.skip({
    stack,
    logicalId,
    type: resource.type,
    reason: skippedTypes[resource.type] ?? '',
    ...(madeUp !== undefined && { madeUp }),
  });
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
