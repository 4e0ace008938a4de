import type { StackArtifact } from './manifest.ts';
import { assemblyError } from './error-codes.ts';
import { shown } from './json.ts';
import type { StackModel } from './model.ts';
import { generatedName } from './physical-names.ts';
import type { Properties } from './properties.ts';
import type { DeclaredResource, ResourceType, ResourceTypes } from './resource-type.ts';

const stackType = 'AWS::CloudFormation::Stack';

/**
 * The resource types of a stack: those of the services, and nested stacks, which are read while the stack is.
 *
 * @param readNested reads a nested stack with all that is in it
 */
export function withNestedStacks(
  types: ResourceTypes,
  readNested: (artifact: StackArtifact) => StackModel,
  parent: StackArtifact,
): ResourceTypes {
  const nested: ResourceType = {
    reads: ['Parameters', 'TemplateURL'],
    ignores: {
      NotificationARNs: 'Nobody is told of deployments, as nothing is deployed.',
      Tags: 'No condition on tags is evaluated.',
      TimeoutInMinutes: 'Nothing takes time to be created.',
    },
    refuses: {},
    without: 'Nothing that stands in the nested stack is there, and its outputs have made-up values.',

    identify(resource) {
      const { arn, outputs } = readNested(nestedArtifact(resource, parent));
      const attributes = outputs.map(({ key, value }) => [`Outputs.${key}`, value]);
      return { physicalId: arn, attributes: Object.fromEntries(attributes) as Record<string, string> };
    },

    declare() {
      // Its resources were declared when it was read.
    },
  };
  return Object.assign(Object.create(null) as object, types, { [stackType]: nested });
}

/**
 * The nested stack as if the manifest had it. CloudFormation names it by its parent and its logical id (CloudFormation
 * User Guide, "Embed stacks within other stacks").
 */
function nestedArtifact({ stack, logicalId, properties }: DeclaredResource, parent: StackArtifact): StackArtifact {
  const name = generatedName(stack, logicalId, 128);
  const templateFile = templateOf(properties, parent);
  for (let outer: StackArtifact | undefined = parent; outer !== undefined; outer = outer.parent) {
    if (outer.templateFile !== templateFile) continue;
    throw assemblyError(
      'CIRCULAR_DEPENDENCY',
      'The nested stack has the template of a stack that it stands in.',
      'Give it a template of its own.',
      { stack, logicalId },
    );
  }
  return {
    ...parent,
    id: name,
    name,
    displayName: `${parent.displayName}/${logicalId}`,
    templateFile,
    parameters: parametersOf(properties),
    dependencies: [],
    parent,
  };
}

/** The file of the asset that the URL ends with: `https://s3.REGION.amazonaws.com/BUCKET/KEY`. */
function templateOf(properties: Properties, { assets }: StackArtifact): string {
  const url = properties.requiredText('TemplateURL');
  const file = [...assets].find(([key]) => url.endsWith(`/${key}`))?.[1];
  if (file !== undefined) return file;
  throw assemblyError(
    'RESOURCE_UNSUPPORTED',
    `The template of the nested stack, ${url}, is no asset of the assembly.`,
    'Make the nested stack a NestedStack of the app, so that its template is an asset, or leave it out with --skip.',
    properties.placeOf('TemplateURL'),
  );
}

/** Lists are joined by commas, as in the types of lists that parameters have. */
function parametersOf(properties: Properties): Readonly<Record<string, string>> {
  const values = Object.entries(properties.json('Parameters') ?? {});
  return Object.fromEntries(
    values.map(([name, value]) => [name, Array.isArray(value) ? value.map(shown).join(',') : shown(value)]),
  );
}
