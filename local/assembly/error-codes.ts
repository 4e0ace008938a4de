import { LocalRuntimeError } from '../errors.ts';
import type { Place } from '../errors.ts';

/** Every code that reading a cloud assembly can end with, and what it means. */
export const assemblyErrorCodes = {
  AssemblyNotFound: 'The folder holds no cloud assembly, or none with a stack.',
  AssemblyMalformed: 'A file of the assembly is missing or is not what `cdk synth` writes.',
  SeveralEnvironments: 'The stacks belong to different accounts or regions; one runtime is one environment.',
  TemplateUnsupported: 'A template uses a transform, a rule or a macro that only CloudFormation can run.',
  ParameterWithoutValue: 'A template parameter has no default, or its value is in an AWS account.',
  IntrinsicUnsupported: 'An intrinsic function is not one the runtime resolves.',
  IntrinsicMalformed: 'An intrinsic function has arguments CloudFormation would refuse.',
  DynamicReference: 'A value is a `{{resolve:…}}` reference to a secret or parameter in an AWS account.',
  ReferenceMissing: 'A Ref, GetAtt, DependsOn, condition, mapping or import names something that does not exist.',
  AttributeUnknown: 'A GetAtt asks for an attribute that the runtime has no value for.',
  CircularDependency: 'Resources or conditions refer to each other in a circle.',
  DuplicateName: 'Two resources would have the same physical name.',
  PropertyUnknown: 'A property is not one the resource type has.',
  PropertyUnsupported: 'A property would change behaviour and the runtime cannot follow it.',
  PropertyInvalid: 'A property is missing, has the wrong type, or a value outside its limits.',
  ResourceUnsupported: 'A resource would change what queues or functions do and the runtime cannot run it.',
  ResourceTypeUnknown: 'The runtime does not know the resource type, so it cannot tell whether it matters.',
  RuntimeUnsupported: 'A function does not run on Node.js.',
  CodeNotFound: 'The code of a function is not in the assembly.',
  RefusedByAws: "AWS would refuse the template, in AWS's own words where they are known.",
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
  return assemblyError('RefusedByAws', `AWS would refuse this with ${awsCode}: ${withStop(awsMessage)}`, remedy, place);
}

function withStop(sentence: string): string {
  return /[.!?]$/u.test(sentence) ? sentence : `${sentence}.`;
}
