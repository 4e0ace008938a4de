import { readFileSync } from 'node:fs';
import type { Place } from '../errors.ts';
import { Conditions } from './conditions.ts';
import { creationOrder } from './creation-order.ts';
import { declareResource } from './declare-resource.ts';
import type { Draft } from './draft.ts';
import type { StackEnvironment } from './environment.ts';
import { refusedByAws } from './error-codes.ts';
import { inside, resolve } from './intrinsics.ts';
import { isJsonObject, shown } from './json.ts';
import type { StackArtifact } from './manifest.ts';
import type { StackModel, StackOutput } from './model.ts';
import { readParameters } from './parameters.ts';
import { Properties } from './properties.ts';
import type { ResourceTypes } from './resource-type.ts';
import { type EarlierStacks, StackScope } from './stack-scope.ts';
import { readTemplate, type Template } from './template.ts';

/** What a stack is read with. */
interface Surroundings {
  readonly environment: StackEnvironment;
  /** Folder for code that has to be written out. */
  readonly codeRoot: string;
  readonly draft: Draft;
  readonly earlier: EarlierStacks;
  readonly types: ResourceTypes;
}

/**
 * Reads one stack and adds its resources to the draft. Stacks that it refers to must be among the earlier ones.
 */
export function readStack(
  artifact: StackArtifact,
  { environment, codeRoot, draft, earlier, types }: Surroundings,
): StackModel {
  const stack = artifact.name;
  const template = readTemplate(artifact.templateFile, stack);
  const resolveHere = (value: unknown, place: Place): unknown => resolve(value, scope, place);
  const conditions = new Conditions(template.conditions, stack, resolveHere);
  const scope = new StackScope({
    environment,
    template,
    parameters: readParameters(template, artifact.parameters, stack),
    earlier,
    types,
    holds: (condition, place) => conditions.holds(condition, place),
    declared,
  });
  const holds = (condition: string): boolean => conditions.holds(condition, { stack });

  function declared(logicalId: string) {
    const resource = template.resources[logicalId];
    const properties = new Properties(
      resource?.properties ?? {},
      { stack, logicalId, property: '/Properties' },
      resolveHere,
    );
    return { stack, logicalId, type: resource?.type ?? '', environment, properties, assets: artifact.assets, codeRoot };
  }

  const resources = creationOrder(template, stack, holds).map((logicalId) => {
    const place = { stack, logicalId };
    for (const other of template.resources[logicalId]?.dependsOn ?? []) refuseUnknownDependency(other, template, place);
    const resource = declared(logicalId);
    const identity = scope.identity(logicalId, place);
    declareResource(resource, identity, draft, types);
    return { logicalId, physicalId: identity.physicalId, type: resource.type };
  });
  const outputs = readOutputs(template, scope, holds, stack);
  return {
    name: stack,
    arn: environment.stackArn,
    templateBody: readFileSync(artifact.templateFile, 'utf8'),
    ...(template.description === undefined ? {} : { description: template.description }),
    outputs,
    resources,
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
  holds: (condition: string) => boolean,
  stack: string,
): StackOutput[] {
  const present = Object.entries(template.outputs).filter(
    ([, { Condition: condition }]) => typeof condition !== 'string' || holds(condition),
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
