import type { LocalRuntimeError, Place } from '../errors.ts';
import { noValue, pseudoParameter, type StackEnvironment } from './environment.ts';
import { assemblyError } from './error-codes.ts';
import { isJsonObject, shown } from './json.ts';

/**
 * The value with every intrinsic function in it replaced by its result. `Ref` of `AWS::NoValue` gives undefined, and
 * removes the property or list entry it stands in.
 */
export function resolve(value: unknown, scope: Scope, place: Place): unknown {
  if (typeof value === 'string') return here(value, scope, place);
  if (Array.isArray(value)) {
    return value.map((entry, index) => resolve(entry, scope, inside(place, String(index)))).filter(isPresent);
  }
  if (!isJsonObject(value)) return value;
  const [name, ...others] = Object.keys(value).filter((key) => key === 'Ref' || key.startsWith('Fn::'));
  if (name !== undefined && (others.length > 0 || Object.keys(value).length > 1)) {
    throw assemblyError('INTRINSIC_MALFORMED', `${name} stands beside other keys.`, 'Run "cdk synth" again.', place);
  }
  if (name !== undefined) return evaluate(name, value[name], scope, place);
  const entries = Object.entries(value).map(([key, entry]) => [key, resolve(entry, scope, inside(place, key))]);
  return Object.fromEntries(entries.filter(([, entry]) => isPresent(entry)));
}

/**
 * What the intrinsic functions of one stack can see. Every look-up throws a `LocalRuntimeError` when it finds nothing.
 */
export interface Scope {
  readonly environment: StackEnvironment;
  /** The value of a parameter, or the id of a resource. */
  ref(name: string, place: Place): unknown;
  attribute(logicalId: string, attribute: string, place: Place): unknown;
  condition(name: string, place: Place): boolean;
  importValue(exportName: string, place: Place): string;
  /** The value of a dynamic reference, `ssm:/shop/size` for example. Undefined when nobody has given it. */
  accountValue(reference: string): string | undefined;
  /** The text with the addresses here, in place of those that the resources have on AWS. */
  localText(text: string): string;
  /** An output of another stack in the same account and region. */
  stackOutput(stackName: string, outputName: string, place: Place): string;
  /** The section Mappings; undefined where a key is missing. */
  lookUp(mapName: string, topLevelKey: string, secondLevelKey: string): unknown;
}

function evaluate(name: string, argument: unknown, scope: Scope, place: Place): unknown {
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
  return typeof result === 'string' ? here(result, scope, place) : result;
}

/** A text as it is on this machine. */
function here(value: string, scope: Scope, place: Place): string {
  return scope.localText(localQueueUrl(withoutDynamicReferences(value, scope, place), scope.environment));
}

/**
 * The CDK writes the URL of a queue that it imports by its ARN out (`Queue.fromQueueArn`). SDKs send a request to the
 * host of the queue's URL, so the URL of a queue of the account leads to the endpoint.
 */
function localQueueUrl(value: string, { region, accountId, endpointUrl }: StackEnvironment): string {
  const [, itsRegion, rest = ''] =
    /^https:\/\/sqs\.([\w-]+)\.amazonaws\.com(?:\.cn)?(\/\d{12}\/[\w.-]+)$/u.exec(value) ?? [];
  return itsRegion === region && rest.startsWith(`/${accountId}/`) ? endpointUrl + rest : value;
}

/** `{{resolve:ssm:…}}` and its kin are filled in by CloudFormation from the account. */
function withoutDynamicReferences(value: string, scope: Scope, place: Place): string {
  return value.replaceAll(/\{\{resolve:([^}]*)\}\}/gu, (whole, reference: string) => {
    const known = scope.accountValue(reference);
    if (known !== undefined) return known;
    const name = /^ssm(?:-secure)?:([^:]+)/u.exec(reference)?.[1] ?? reference;
    throw assemblyError(
      'DYNAMIC_REFERENCE',
      `${whole} is a value that only an AWS account holds.`,
      `Give it with --parameter '${name}=VALUE', or give a plain value when the stack is synthesized for local use.`,
      place,
    );
  });
}

/** The place of a part: errors name it as a JSON pointer into the resource's properties. */
export function inside(place: Place, key: string): Place {
  return { ...place, property: `${place.property ?? ''}/${key}` };
}

function isPresent(value: unknown): boolean {
  return value !== undefined;
}

interface Call {
  readonly scope: Scope;
  readonly place: Place;
  resolve(value: unknown): unknown;
}

/** By name in a template. What each does: CloudFormation's "Intrinsic function reference". */
const intrinsics: Readonly<Record<string, (argument: unknown, call: Call) => unknown>> = {
  Ref: (argument, call) => ref(text('Ref', argument, call), call),
  'Fn::GetAtt': getAtt,
  'Fn::Join': join,
  'Fn::Sub': sub,
  'Fn::Select': select,
  'Fn::Split': split,
  'Fn::If': chooseBranch,
  'Fn::ImportValue': (argument, call) =>
    call.scope.importValue(text('Fn::ImportValue', call.resolve(argument), call), call.place),
  'Fn::GetStackOutput': getStackOutput,
  'Fn::FindInMap': findInMap,
  'Fn::Base64': (argument, call) =>
    Buffer.from(text('Fn::Base64', call.resolve(argument), call), 'utf8').toString('base64'),
  'Fn::GetAZs': getAvailabilityZones,
};

function ref(name: string, { scope, place }: Call): unknown {
  if (name === noValue) return undefined;
  return pseudoParameter(name, scope.environment) ?? scope.ref(name, place);
}

function getAtt(argument: unknown, call: Call): unknown {
  const parts = typeof argument === 'string' ? argument.split('.') : list('Fn::GetAtt', argument, call);
  const [logicalId, ...attribute] = parts;
  if (typeof logicalId !== 'string' || attribute.length === 0) throw malformed('Fn::GetAtt', argument, call);
  const attributeName = attribute.map((part) => text('Fn::GetAtt', call.resolve(part), call)).join('.');
  return call.scope.attribute(logicalId, attributeName, call.place);
}

function join(argument: unknown, call: Call): string {
  const [delimiter, values] = list('Fn::Join', argument, call);
  const parts = list('Fn::Join', call.resolve(values), call);
  return parts.map((part) => text('Fn::Join', part, call)).join(text('Fn::Join', delimiter, call));
}

function sub(argument: unknown, call: Call): string {
  const [template, variables] = typeof argument === 'string' ? [argument, {}] : list('Fn::Sub', argument, call);
  const own = call.resolve(variables ?? {}) as Readonly<Record<string, unknown>>;
  return substitute(text('Fn::Sub', template, call), (name) => {
    if (Object.hasOwn(own, name)) return text('Fn::Sub', own[name], call);
    const value = name.includes('.') ? getAtt(name, call) : ref(name, call);
    return text('Fn::Sub', value, call);
  });
}

function select(argument: unknown, call: Call): unknown {
  const [index, values] = list('Fn::Select', argument, call);
  const chosen = list('Fn::Select', call.resolve(values), call)[Number(call.resolve(index))];
  if (chosen === undefined) throw malformed('Fn::Select', argument, call);
  return chosen;
}

function split(argument: unknown, call: Call): string[] {
  const [delimiter, value] = list('Fn::Split', argument, call);
  return text('Fn::Split', call.resolve(value), call).split(text('Fn::Split', delimiter, call));
}

function chooseBranch(argument: unknown, call: Call): unknown {
  const [condition, whenTrue, whenFalse, ...rest] = list('Fn::If', argument, call);
  if (whenFalse === undefined || rest.length > 0) throw malformed('Fn::If', argument, call);
  const holds = call.scope.condition(text('Fn::If', condition, call), call.place);
  return call.resolve(holds ? whenTrue : whenFalse);
}

/** The CDK's weak references across stacks. There is one environment here, so another region has no stacks. */
function getStackOutput(argument: unknown, call: Call): string {
  const options = call.resolve(argument);
  if (!isJsonObject(options)) throw malformed('Fn::GetStackOutput', argument, call);
  const { StackName: stackName, OutputName: outputName, Region: region = call.scope.environment.region } = options;
  if (region !== call.scope.environment.region) {
    throw assemblyError(
      'SEVERAL_ENVIRONMENTS',
      `The value comes from a stack in ${shown(region)}.`,
      'Put both stacks into one region when they are synthesized for local use.',
      call.place,
    );
  }
  const names = [stackName, outputName].map((name) => text('Fn::GetStackOutput', name, call));
  return call.scope.stackOutput(names[0] ?? '', names[1] ?? '', call.place);
}

function findInMap(argument: unknown, call: Call): unknown {
  const keys = list('Fn::FindInMap', argument, call).map((key) => text('Fn::FindInMap', call.resolve(key), call));
  const [mapName = '', topLevelKey = '', secondLevelKey = ''] = keys;
  const value = call.scope.lookUp(mapName, topLevelKey, secondLevelKey);
  if (value !== undefined) return value;
  throw assemblyError(
    'REFERENCE_MISSING',
    `The section Mappings has no ${keys.join(' / ')}.`,
    'Add the key to the CfnMapping.',
    call.place,
  );
}

/** The zones of a region are an account's; three is what most regions offer. */
function getAvailabilityZones(argument: unknown, call: Call): string[] {
  const region = text('Fn::GetAZs', call.resolve(argument), call) || call.scope.environment.region;
  return ['a', 'b', 'c'].map((zone) => region + zone);
}

function list(name: string, value: unknown, call: Call): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw malformed(name, value, call);
}

/** CloudFormation treats numbers and booleans as text wherever it wants text. */
function text(name: string, value: unknown, call: Call): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw malformed(name, value, call);
}

function malformed(name: string, value: unknown, call: Call): LocalRuntimeError {
  return assemblyError(
    'INTRINSIC_MALFORMED',
    `${name} cannot work with ${shown(value)}.`,
    `Give ${name} the arguments that CloudFormation's reference asks for.`,
    call.place,
  );
}

/** `${Name}`, and `${!Name}`, which Fn::Sub turns into a plain `${Name}`. */
const placeholder = /\$\{(!?)([^}]*)\}/gu;

/** Fills the placeholders of an `Fn::Sub` template. */
function substitute(template: string, valueOf: (name: string) => string): string {
  return template.replaceAll(placeholder, (_, literal: string, name: string) =>
    literal === '!' ? `\${${name}}` : valueOf(name.trim()),
  );
}

/** The names an `Fn::Sub` template asks for. */
export function placeholders(template: string): string[] {
  return [...template.matchAll(placeholder)].filter((match) => match[1] === '').map((match) => (match[2] ?? '').trim());
}
