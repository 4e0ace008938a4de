import { assemblyError } from './error-codes.ts';
import { isJsonObject, type JsonObject, readJsonFile, shown } from './json.ts';

/** A CloudFormation template as `cdk synth` writes it. */
export interface Template {
  readonly description?: string;
  readonly parameters: Readonly<Record<string, JsonObject>>;
  readonly mappings: Readonly<Record<string, JsonObject>>;
  readonly conditions: Readonly<Record<string, unknown>>;
  readonly resources: Readonly<Record<string, TemplateResource>>;
  readonly outputs: Readonly<Record<string, JsonObject>>;
}

/**
 * A resource as written: intrinsic functions are not resolved yet. `condition` and `dependsOn` are names of the
 * template's.
 */
export interface TemplateResource {
  readonly type: string;
  readonly properties: JsonObject;
  readonly condition: string | undefined;
  readonly dependsOn: readonly string[];
}

/** Sections that say nothing about behaviour: for people, for forms, for the CDK's own bookkeeping. */
const sectionsWithoutEffect = ['AWSTemplateFormatVersion', 'Metadata'];
const sections = ['Description', 'Parameters', 'Mappings', 'Conditions', 'Resources', 'Outputs', 'Rules'];

/**
 * Reads a template's file. Throws `LocalRuntimeError` for sections that only CloudFormation can run: `Transform`,
 * rules.
 */
export function readTemplate(file: string, stack: string): Template {
  const template = readJsonFile(file);
  for (const section of Object.keys(template)) {
    if (sections.includes(section) || sectionsWithoutEffect.includes(section)) continue;
    throw assemblyError(
      'TEMPLATE_UNSUPPORTED',
      `The template has a ${section} section, which only CloudFormation can run.`,
      section === 'Transform' ? 'Write the resources out in CDK constructs.' : `Remove the section ${section}.`,
      { stack },
    );
  }
  refuseRules(objects(template, 'Rules', stack), stack);
  const resources = Object.entries(objects(template, 'Resources', stack)).map(
    ([logicalId, resource]) => [logicalId, readResource(resource, { stack, logicalId })] as const,
  );
  return {
    ...(typeof template['Description'] === 'string' ? { description: template['Description'] } : {}),
    parameters: objects(template, 'Parameters', stack),
    mappings: objects(template, 'Mappings', stack),
    conditions: objects(template, 'Conditions', stack),
    resources: Object.fromEntries(resources),
    outputs: objects(template, 'Outputs', stack),
  };
}

function readResource(resource: JsonObject, place: { stack: string; logicalId: string }): TemplateResource {
  const { Type: type, Properties: properties = {}, Condition: condition, DependsOn: dependsOn = [] } = resource;
  if (typeof type !== 'string' || !isJsonObject(properties)) {
    throw assemblyError(
      'ASSEMBLY_MALFORMED',
      'A resource needs a Type, and Properties that are an object.',
      'Run "cdk synth" again.',
      place,
    );
  }
  return {
    type,
    properties,
    condition: typeof condition === 'string' ? condition : undefined,
    dependsOn: (Array.isArray(dependsOn) ? dependsOn : [dependsOn]).map(shown),
  };
}

/** The CDK writes one rule, about the version of its bootstrap stack, which has no counterpart here. */
function refuseRules(rules: JsonObject, stack: string): void {
  const rule = Object.keys(rules).find((name) => name !== 'CheckBootstrapVersion');
  if (rule === undefined) return;
  throw assemblyError(
    'TEMPLATE_UNSUPPORTED',
    `The template asserts the rule ${rule}, which the runtime does not evaluate.`,
    'Check the parameter values in the CDK app instead, and remove the rule.',
    { stack },
  );
}

function objects(template: JsonObject, section: string, stack: string): Record<string, JsonObject> {
  const value = template[section] ?? {};
  const wellFormed = isJsonObject(value) && Object.values(value).every((entry) => isJsonObject(entry));
  if (wellFormed) return value as Record<string, JsonObject>;
  throw assemblyError(
    'ASSEMBLY_MALFORMED',
    `The section ${section} is not a map of objects.`,
    'Run "cdk synth" again.',
    {
      stack,
    },
  );
}
