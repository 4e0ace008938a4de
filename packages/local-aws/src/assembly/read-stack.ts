import { readFileSync } from 'node:fs';
import type { Place } from '../errors.ts';
import { Conditions } from './conditions.ts';
import { creationOrder } from './creation-order.ts';
import { declareResource, identityOf, identityOfLeftOut, withMadeUpAttributes } from './declare-resource.ts';
import type { Draft } from './draft.ts';
import { type StackEnvironment, stackEnvironment } from './environment.ts';
import { refusedByAws } from './error-codes.ts';
import type { GivenValues } from './given-values.ts';
import { inside, resolve } from './intrinsics.ts';
import { isJsonObject, shown } from './json.ts';
import type { LeftOut } from './left-out.ts';
import type { StackArtifact } from './manifest.ts';
import type { StackModel, StackOutput } from './model.ts';
import { withNestedStacks } from './nested-stack.ts';
import { type ParameterSources, readParameters } from './parameters.ts';
import { Properties } from './properties.ts';
import type { DeclaredResource, ResourceTypes } from './resource-type.ts';
import { type EarlierStacks, StackScope } from './stack-scope.ts';
import { StackChoice } from './stack-choice.ts';
import { readTemplate, type Template } from './template.ts';

/** What a stack is read with. */
interface Surroundings {
  readonly environment: StackEnvironment;
  /** Folder for code that has to be written out. */
  readonly codeRoot: string;
  readonly draft: Draft;
  readonly earlier: EarlierStacks;
  readonly given: GivenValues;
  readonly leftOut: LeftOut;
  readonly types: ResourceTypes;
}

/**
 * Reads one stack and adds its resources to the draft. Stacks that it refers to must be among the earlier ones.
 *
 * @returns the stack, and after it the stacks that are nested in it
 */
export function readStack(artifact: StackArtifact, surroundings: Surroundings): readonly [StackModel, ...StackModel[]] {
  const { environment, codeRoot, draft, earlier, given, leftOut } = surroundings;
  const nested: StackModel[] = [];
  const types = withNestedStacks(surroundings.types, readNested, artifact);
  const stack = artifact.name;
  const template = readTemplate(artifact.templateFile, stack);
  const resolveHere = (value: unknown, place: Place): unknown => resolve(value, scope, place);
  const conditions = new Conditions(template.conditions, stack, resolveHere);
  const choice = new StackChoice(stack, template, { leftOut, types }, (condition) => holds(condition));
  const scope: StackScope = new StackScope({
    environment,
    template,
    parameters: readParameters(template, parameterSources(artifact, surroundings), stack),
    earlier,
    given,
    holds: (condition, place) => conditions.holds(condition, place),
    identify(logicalId) {
      const resource = declared(logicalId);
      if (choice.isLeftOut(logicalId)) return identityOfLeftOut(resource, surroundings.types);
      const identity = identityOf(resource, types);
      return choice.lacksProperties(logicalId) ? withMadeUpAttributes(resource, identity) : identity;
    },
  });
  const holds = (condition: string): boolean => conditions.holds(condition, { stack });

  function declared(logicalId: string): DeclaredResource {
    const resource = template.resources[logicalId];
    const place = { stack, logicalId, property: '/Properties' };
    const properties = new Properties(choice.propertiesOf(logicalId), place, resolveHere);
    const { assets, images } = artifact;
    return { stack, logicalId, type: resource?.type ?? '', environment, properties, assets, images, codeRoot };
  }

  function readNested(inner: StackArtifact): StackModel {
    const innerEnvironment = stackEnvironment(inner.name, environment, environment);
    const [read, ...others] = readStack(inner, { ...surroundings, environment: innerEnvironment });
    earlier.add(read);
    nested.push(read, ...others);
    return read;
  }

  const stored = new Map<string, string>();
  const resources = creationOrder(template, stack, holds).map((logicalId) => {
    const place = { stack, logicalId };
    for (const other of template.resources[logicalId]?.dependsOn ?? []) refuseUnknownDependency(other, template, place);
    choice.choose(logicalId);
    const resource = declared(logicalId);
    const identity = scope.identity(logicalId, place);
    if (!choice.isLeftOut(logicalId)) declareResource(resource, identity, draft, types);
    if (resource.type === 'AWS::SSM::Parameter') stored.set(identity.physicalId, identity.attributes['Value'] ?? '');
    return { logicalId, physicalId: identity.physicalId, type: resource.type };
  });
  const isLeftOut = (key: string) => leftOut.isSupposed({ stack, logicalId: key, property: 'Outputs' });
  const outputs = readOutputs(template, scope, (key) => !isLeftOut(key), holds, stack);
  // Only now: a stack cannot read what it makes itself.
  for (const [name, value] of stored) earlier.addSsmParameter(name, value);
  const model: StackModel = {
    name: stack,
    arn: environment.stackArn,
    ...(artifact.parent !== undefined && { nesting: nestingOf(artifact, environment) }),
    templateBody: readFileSync(artifact.templateFile, 'utf8'),
    ...(template.description === undefined ? {} : { description: template.description }),
    outputs,
    resources,
  };
  return [model, ...nested];
}

function nestingOf(artifact: StackArtifact, environment: StackEnvironment): NonNullable<StackModel['nesting']> {
  const arnOf = ({ name }: StackArtifact) => stackEnvironment(name, environment, environment).stackArn;
  const { parent = artifact } = artifact;
  let root = parent;
  while (root.parent !== undefined) root = root.parent;
  return { parentArn: arnOf(parent), rootArn: arnOf(root) };
}

/** A value that most parameters can have, to find out what else could not run. */
const supposedValue = '1';

function parameterSources(
  { name: stack, parameters, parent }: StackArtifact,
  { given, leftOut, earlier }: Surroundings,
): ParameterSources {
  return {
    given(name) {
      if (leftOut.isSupposed({ stack, logicalId: name })) return supposedValue;
      // What the parent passes is not for a person to set.
      if (parent !== undefined && parameters[name] !== undefined) return parameters[name];
      return given.templateParameter(stack, name) ?? parameters[name];
    },
    ssmParameter: (name) =>
      name === supposedValue ? supposedValue : (given.parameter(name) ?? earlier.ssmParameter(name)),
  };
}

function refuseUnknownDependency(logicalId: string, template: Template, place: Place): void {
  if (Object.hasOwn(template.resources, logicalId)) return;
  throw refusedByAws(
    'ValidationError',
    `Template format error: Unresolved resource dependencies [${logicalId}] in the Resources block of the template`,
    `Remove ${logicalId} from DependsOn.`,
    place,
  );
}

function readOutputs(
  template: Template,
  scope: StackScope,
  isWanted: (key: string) => boolean,
  holds: (condition: string) => boolean,
  stack: string,
): StackOutput[] {
  const present = Object.entries(template.outputs).filter(
    ([key, { Condition: condition }]) => isWanted(key) && (typeof condition !== 'string' || holds(condition)),
  );
  return present.map(([key, output]) => {
    const place = { stack, logicalId: key, property: '/Outputs' };
    const exported = isJsonObject(output['Export']) ? output['Export']['Name'] : undefined;
    return {
      key,
      value: shown(resolve(output['Value'], scope, inside(place, 'Value'))),
      ...(typeof output['Description'] === 'string' ? { description: output['Description'] } : {}),
      ...(exported === undefined ? {} : { exportName: shown(resolve(exported, scope, inside(place, 'Export'))) }),
    };
  });
}
