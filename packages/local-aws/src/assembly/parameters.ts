import { assemblyError } from './error-codes.ts';
import { shown } from './json.ts';
import type { Template } from './template.ts';

export type ParameterValue = string | readonly string[];

/** The CDK's own parameter: the version of its bootstrap stack, used by one rule and nothing else. */
const bootstrapVersion = 'BootstrapVersion';

/** Where the values of parameters come from. */
export interface ParameterSources {
  /** What a person gives for the parameter, else what the app fixed at synthesis. */
  given(name: string): string | undefined;
  /** The value of a parameter of Systems Manager. */
  ssmParameter(name: string): string | undefined;
}

/**
 * The value of every parameter: what was given, or the default. List types become lists, as `Ref` returns them. For the
 * types `AWS::SSM::Parameter::Value<…>` that value is the name of a parameter of Systems Manager (CloudFormation User
 * Guide, "Specify existing resources at runtime with CloudFormation-supplied parameter types"). A parameter that only a
 * deployment could fill is a `PARAMETER_WITHOUT_VALUE`.
 */
export function readParameters(
  template: Template,
  sources: ParameterSources,
  stack: string,
): ReadonlyMap<string, ParameterValue> {
  const values = new Map<string, ParameterValue>();
  for (const [name, declaration] of Object.entries(template.parameters)) {
    if (name === bootstrapVersion) continue;
    const place = { stack, logicalId: name };
    const type = shown(declaration['Type']);
    const stored = /^AWS::SSM::Parameter::Value<(.*)>$/u.exec(type)?.[1];
    const value = sources.given(name) ?? declaration['Default'];
    if (typeof value !== 'string' && typeof value !== 'number') {
      throw assemblyError(
        'PARAMETER_WITHOUT_VALUE',
        `The parameter ${name} has no default.`,
        `Give its value with --parameter ${name}=VALUE, or give the CfnParameter a default.`,
        place,
      );
    }
    const ofSsm = stored === undefined ? value : sources.ssmParameter(shown(value));
    if (ofSsm === undefined) {
      throw assemblyError(
        'PARAMETER_WITHOUT_VALUE',
        `The value of the parameter ${name} is in AWS Systems Manager (${shown(value)}).`,
        `Give its value with --parameter ${shown(value)}=VALUE.`,
        place,
      );
    }
    values.set(name, isList(stored ?? type) ? listOf(shown(ofSsm)) : shown(ofSsm));
  }
  return values;
}

function isList(type: string): boolean {
  return type === 'CommaDelimitedList' || type.startsWith('List<');
}

function listOf(value: string): string[] {
  return value.split(',').map((part) => part.trim());
}
