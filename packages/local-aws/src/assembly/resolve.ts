import type { Place } from '../errors.ts';
import { assemblyError } from './error-codes.ts';
import { intrinsics, type Scope } from './intrinsics.ts';
import { isJsonObject } from './json.ts';

/**
 * The value with every intrinsic function in it replaced by its result. `Ref` of `AWS::NoValue` gives undefined, and
 * removes the property or list entry it stands in.
 */
export function resolve(value: unknown, scope: Scope, place: Place): unknown {
  if (typeof value === 'string') return withoutDynamicReference(value, place);
  if (Array.isArray(value)) {
    return value.map((entry, index) => resolve(entry, scope, inside(place, String(index)))).filter(isPresent);
  }
  if (!isJsonObject(value)) return value;
  const [name, ...others] = Object.keys(value).filter((key) => key === 'Ref' || key.startsWith('Fn::'));
  if (name !== undefined && (others.length > 0 || Object.keys(value).length > 1)) {
    throw assemblyError('INTRINSIC_MALFORMED', `${name} stands beside other keys.`, 'Run "cdk synth" again.', place);
  }
  if (name !== undefined) return call(name, value[name], scope, place);
  const entries = Object.entries(value).map(([key, entry]) => [key, resolve(entry, scope, inside(place, key))]);
  return Object.fromEntries(entries.filter(([, entry]) => isPresent(entry)));
}

function call(name: string, argument: unknown, scope: Scope, place: Place): unknown {
  const intrinsic = intrinsics[name];
  if (intrinsic === undefined) {
    throw assemblyError(
      'INTRINSIC_UNSUPPORTED',
      `${name} is not resolved locally.`,
      `Compute the value in the CDK app, or use one of ${Object.keys(intrinsics).join(', ')}.`,
      place,
    );
  }
  const result = intrinsic(argument, { scope, place, resolve: (inner) => resolve(inner, scope, place) });
  return typeof result === 'string' ? withoutDynamicReference(result, place) : result;
}

/** `{{resolve:ssm:…}}` and its kin are filled in by CloudFormation from the account. */
function withoutDynamicReference(value: string, place: Place): string {
  if (!value.includes('{{resolve:')) return value;
  throw assemblyError(
    'DYNAMIC_REFERENCE',
    `${value} is a value that only an AWS account holds.`,
    'Give a plain value when the stack is synthesized for local use.',
    place,
  );
}

/** The place of a part: errors name it as a JSON pointer into the resource's properties. */
export function inside(place: Place, key: string): Place {
  return { ...place, property: `${place.property ?? ''}/${key}` };
}

function isPresent(value: unknown): boolean {
  return value !== undefined;
}
