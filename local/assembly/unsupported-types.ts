import { assemblyError } from './error-codes.ts';
import type { DeclaredResource } from './resource-type.ts';

interface Unsupported {
  readonly reason: string;
  readonly remedy: string;
}

const schedules: Unsupported = {
  reason: 'Nothing invokes functions by the clock or by events here.',
  remedy: 'Invoke the function yourself, and leave the resource out when the stack is synthesized for local use.',
};
const customResource: Unsupported = {
  reason: 'Custom resources run code during a deployment, and nothing is deployed here.',
  remedy: 'Leave it out when the stack is synthesized for local use.',
};
const httpFrontEnd: Unsupported = {
  reason: 'Functions have no HTTP front end here.',
  remedy: 'Invoke the function through the Lambda API, and leave the resource out for local use.',
};

/** Types that would change what queues and functions do, so that running without them would mislead. */
const unsupportedTypes: Readonly<Record<string, Unsupported>> = {
  'AWS::ApiGateway::RestApi': httpFrontEnd,
  'AWS::ApiGatewayV2::Api': httpFrontEnd,
  'AWS::CloudFormation::CustomResource': customResource,
  'AWS::CloudFormation::Stack': {
    reason: 'Nested stacks are not read.',
    remedy: 'Make it a stack of the app (Stack instead of NestedStack).',
  },
  'AWS::Kinesis::Stream': {
    reason: 'The runtime has SQS queues only.',
    remedy: 'Leave the stream and its mappings out when the stack is synthesized for local use.',
  },
  'AWS::Lambda::LayerVersion': {
    reason: 'Layers are not laid under the code of functions.',
    remedy: "Bundle the layer's content with the function.",
  },
  'AWS::Lambda::Url': httpFrontEnd,
  'AWS::Pipes::Pipe': schedules,
  'AWS::S3::Bucket': {
    reason: 'No S3 answers here, so that functions could not read or write the bucket.',
    remedy: 'Leave the bucket, and what uses it, out when the stack is synthesized for local use.',
  },
  'AWS::Scheduler::Schedule': schedules,
  'AWS::SecretsManager::Secret': {
    reason: 'No Secrets Manager answers here, and the secret has no value before a deployment makes one.',
    remedy: 'Leave it out, and pass functions a plain value instead, when the stack is synthesized for local use.',
  },
};

/** The error for a resource that cannot run here: named in the table above, or unknown. */
export function unsupportedResource({ stack, logicalId, type }: DeclaredResource): Error {
  const place = { stack, logicalId };
  const custom = type.startsWith('Custom::') ? customResource : undefined;
  const unsupported = unsupportedTypes[type] ?? custom;
  if (unsupported !== undefined) {
    return assemblyError('RESOURCE_UNSUPPORTED', `${type}: ${unsupported.reason}`, unsupported.remedy, place);
  }
  return assemblyError(
    'RESOURCE_TYPE_UNKNOWN',
    `The runtime does not know ${type}, so it cannot tell what it would change.`,
    'Leave the resource out when the stack is synthesized for local use.',
    place,
  );
}
