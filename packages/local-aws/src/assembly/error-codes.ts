import { LocalRuntimeError, type Place } from '../errors.ts';

/** Every code that reading a cloud assembly can end with, and what it means. */
const assemblyErrorCodes = {
  ASSEMBLY_NOT_FOUND: 'The folder holds no cloud assembly, or none with a stack.',
  ASSEMBLY_MALFORMED: 'A file of the assembly is missing or is not what `cdk synth` writes.',
  STACK_NOT_FOUND: 'The assembly has no stack of a name that was asked for.',
  SEVERAL_ENVIRONMENTS: 'The stacks belong to different accounts or regions; one runtime is one environment.',
  TEMPLATE_UNSUPPORTED: 'A template uses a transform, a rule or a macro that only CloudFormation can run.',
  SKIPS_NOTHING: 'A name that was given to leave something out names nothing in the stacks.',
  VALUE_NOT_ASKED: 'A value was given by a name that no stack asks for.',
  PARAMETER_WITHOUT_VALUE: 'A template parameter has no default, or its value is in an AWS account.',
  INTRINSIC_UNSUPPORTED: 'An intrinsic function is not one the runtime resolves.',
  INTRINSIC_MALFORMED: 'An intrinsic function has arguments CloudFormation would refuse.',
  DYNAMIC_REFERENCE: 'A value is a `{{resolve:…}}` reference to a secret or parameter in an AWS account.',
  REFERENCE_MISSING: 'A Ref, GetAtt, DependsOn, condition, mapping or import names something that does not exist.',
  ATTRIBUTE_UNKNOWN: 'A GetAtt asks for an attribute that the runtime has no value for.',
  CIRCULAR_DEPENDENCY: 'Resources or conditions refer to each other in a circle.',
  DUPLICATE_NAME: 'Two resources would have the same physical name.',
  PROPERTY_UNKNOWN: 'A property is not one the resource type has.',
  PROPERTY_UNSUPPORTED: 'A property would change behaviour and the runtime cannot follow it.',
  PROPERTY_INVALID: 'A property is missing, has the wrong type, or a value outside its limits.',
  RESOURCE_UNSUPPORTED: 'A resource would change what queues or functions do and the runtime cannot run it.',
  RESOURCE_TYPE_UNKNOWN: 'The runtime does not know the resource type, so it cannot tell whether it matters.',
  RUNTIME_UNSUPPORTED: 'A function does not run on Node.js.',
  CODE_NOT_FOUND: 'The code of a function is not in the assembly.',
  REFUSED_BY_AWS: "AWS would refuse the template, in AWS's own words where they are known.",
} as const;

export type AssemblyErrorCode = keyof typeof assemblyErrorCodes;

/** The only way this folder makes an error, so that every code stands in the table above. */
export function assemblyError(
  code: AssemblyErrorCode,
  message: string,
  remedy: string,
  place: Place = {},
): LocalRuntimeError {
  return new LocalRuntimeError(code, message, remedy, place);
}

/** What AWS would refuse at deployment, in AWS's words. `awsCode` is the error code of AWS's API. */
export function refusedByAws(awsCode: string, awsMessage: string, remedy: string, place: Place): LocalRuntimeError {
  return assemblyError(
    'REFUSED_BY_AWS',
    `AWS would refuse this with ${awsCode}: ${withStop(awsMessage)}`,
    remedy,
    place,
  );
}

function withStop(sentence: string): string {
  return /[.!?]$/u.test(sentence) ? sentence : `${sentence}.`;
}
