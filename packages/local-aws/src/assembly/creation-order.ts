import { assemblyError } from './error-codes.ts';
import { placeholders } from './intrinsics.ts';
import { isJsonObject, shown } from './json.ts';
import type { Template, TemplateResource } from './template.ts';

/**
 * The logical ids of a template in an order in which each comes after what it refers to, as CloudFormation creates
 * them. Resources whose condition is false are left out. Refuses circles with CloudFormation's message.
 */
export function creationOrder(template: Template, stack: string, holds: (condition: string) => boolean): string[] {
  const present = new Map(
    Object.entries(template.resources).filter(([, { condition }]) => condition === undefined || holds(condition)),
  );
  const ordered = new Set<string>();
  const path: string[] = [];
  const visit = (logicalId: string): void => {
    const resource = present.get(logicalId);
    if (resource === undefined || ordered.has(logicalId)) return;
    if (path.includes(logicalId)) throw circle(path.slice(path.indexOf(logicalId)), stack);
    path.push(logicalId);
    for (const dependency of dependenciesOf(resource, holds)) visit(dependency);
    path.pop();
    ordered.add(logicalId);
  };
  for (const logicalId of present.keys()) visit(logicalId);
  return [...ordered];
}

function dependenciesOf(resource: TemplateResource, holds: (condition: string) => boolean): Set<string> {
  return new Set([...resource.dependsOn, ...referencesIn(resource.properties, holds)]);
}

/** Names that a value refers to: logical ids, and parameters, which the caller passes over. */
export function referencesIn(value: unknown, holds: (condition: string) => boolean): string[] {
  if (Array.isArray(value)) return value.flatMap((entry) => referencesIn(entry, holds));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, argument]) => {
    if (key === 'Ref') return [shown(argument)];
    if (key === 'Fn::GetAtt') return [shown(Array.isArray(argument) ? argument[0] : argument).replace(/\..*$/u, '')];
    if (key === 'Fn::Sub') return namesInSub(argument, holds);
    if (key === 'Fn::If' && Array.isArray(argument)) {
      return referencesIn(holds(shown(argument[0])) ? argument[1] : argument[2], holds);
    }
    return referencesIn(argument, holds);
  });
}

function namesInSub(argument: unknown, holds: (condition: string) => boolean): string[] {
  const [template, variables] = Array.isArray(argument) ? (argument as unknown[]) : [argument, {}];
  const own = isJsonObject(variables) ? variables : {};
  const outer = placeholders(shown(template)).filter((name) => !Object.hasOwn(own, name));
  return [...outer.map((name) => name.replace(/\..*$/u, '')), ...referencesIn(own, holds)];
}

function circle(logicalIds: readonly string[], stack: string): Error {
  return assemblyError(
    'CIRCULAR_DEPENDENCY',
    `AWS would refuse this with ValidationError: Circular dependency between resources: [${logicalIds.join(', ')}].`,
    'Break the circle, for example by giving one of them an explicit name.',
    { stack },
  );
}
