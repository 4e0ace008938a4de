import { assemblyError } from './error-codes.ts';
import { shown } from './json.ts';
import type { Template } from './template.ts';

export type ParameterValue = string | readonly string[];

/** The CDK's own parameter: the version of its bootstrap stack, used by one rule and nothing else. */
const bootstrapVersion = 'BootstrapVersion';

/**
 * The value of every parameter: what the app fixed at synthesis, or the default. List types become lists, as `Ref`
 * returns them. A parameter that only a deployment could fill is a `PARAMETER_WITHOUT_VALUE`.
 */
export function readParameters(
  template: Template,
  given: Readonly<Record<string, string>>,
  stack: string,
): ReadonlyMap<string, ParameterValue> {
  const values = new Map<string, ParameterValue>();
  for (const [name, declaration] of Object.entries(template.parameters)) {
    if (name === bootstrapVersion) continue;
    const type = shown(declaration['Type']);
    const value = given[name] ?? declaration['Default'];
    if (type.startsWith('AWS::SSM::Parameter::')) {
      throw assemblyError(
        'PARAMETER_WITHOUT_VALUE',
        `The value of the parameter ${name} is in AWS Systems Manager (${shown(value)}).`,
        'Give the value in the CDK app, from its context or configuration for example.',
        { stack, logicalId: name },
      );
    }
    if (typeof value !== 'string' && typeof value !== 'number') {
      throw assemblyError(
        'PARAMETER_WITHOUT_VALUE',
        `The parameter ${name} has no default.`,
        `Give the CfnParameter ${name} a default.`,
        { stack, logicalId: name },
      );
    }
    values.set(name, isList(type) ? listOf(shown(value)) : shown(value));
  }
  return values;
}

function isList(type: string): boolean {
  return type === 'CommaDelimitedList' || type.startsWith('List<');
}

function listOf(value: string): string[] {
  return value.split(',').map((part) => part.trim());
}
