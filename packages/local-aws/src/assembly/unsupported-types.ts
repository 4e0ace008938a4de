import { assemblyError } from './error-codes.ts';
import type { DeclaredResource } from './resource-type.ts';

/** Why a resource cannot run here, what to do instead, and what an app is like without it: one sentence each. */
interface Unsupported {
  readonly reason: string;
  readonly remedy: string;
  readonly without: string;
}

const leaveOut = 'Leave it out when the stack is synthesized for local use.';

/** For a service that functions call and that is not here. */
function store(service: string): Unsupported {
  return {
    reason: `No ${service} answers here, so that functions could not use it.`,
    remedy: 'Leave it, and what uses it, out when the stack is synthesized for local use.',
    without: `A function that calls ${service} gets NotImplemented, and nothing comes from ${service}.`,
  };
}

const waitsForYou = 'What it would invoke or send to waits for you: invoke the function, or send to the queue.';
const pipes: Unsupported = {
  reason: 'Pipes do not run here.',
  remedy: 'Give the function an event source mapping instead, or leave the pipe out with --skip.',
  without: waitsForYou,
};
const schedules: Unsupported = {
  reason: 'EventBridge Scheduler is not here. Rules of EventBridge with schedules are.',
  remedy: 'Write it as a rule with a ScheduleExpression (AWS::Events::Rule), or leave it out with --skip.',
  without: waitsForYou,
};
const httpFrontEnd: Unsupported = {
  reason: 'Functions and queues have no HTTP front end here.',
  remedy: 'Invoke the function through the Lambda API, and leave the resource out for local use.',
  without: 'No request comes in: invoke the function through the Lambda API, or send to the queue.',
};
const otherApis: Unsupported = {
  reason: 'Of API Gateway, HTTP APIs and the methods of REST APIs are served, at addresses of their own.',
  remedy: 'Do without it, or leave the resource out when the stack is synthesized for local use.',
  without: 'The app has no such part of API Gateway.',
};
const customResource: Unsupported = {
  reason: 'Custom resources run code during a deployment, and nothing is deployed here.',
  remedy: leaveOut,
  without: 'Its code does not run, and its attributes have made-up values.',
};
const bucketNotifications: Unsupported = {
  reason: 'No S3 answers here, so that a bucket could notify nobody.',
  remedy: leaveOut,
  without: 'No notification of a bucket reaches a queue or a function.',
};
const containers: Unsupported = {
  reason: 'Containers do not run here.',
  remedy: 'Start the program yourself with the endpoint in AWS_ENDPOINT_URL, and leave the resource out.',
  without: 'Its program does not run: start it yourself, with the endpoint in AWS_ENDPOINT_URL.',
};
const streams: Unsupported = {
  reason: 'The runtime has SQS queues only.',
  remedy: 'Leave the stream and its mappings out when the stack is synthesized for local use.',
  without: 'A function that writes to it gets NotImplemented, and with it go its mappings.',
};

/** By type, or by the beginning of types. Running without them unasked would mislead. */
const unsupportedTypes: Readonly<Record<string, Unsupported>> = {
  'AWS::ApiGateway::': otherApis,
  'AWS::ApiGatewayV2::': otherApis,
  'AWS::AppRunner::': containers,
  'AWS::AppSync::': httpFrontEnd,
  'AWS::Batch::': containers,
  'AWS::CloudFormation::CustomResource': customResource,
  'AWS::CloudFront::': httpFrontEnd,
  'AWS::Cognito::': store('Cognito'),
  'AWS::ECS::': {
    reason: 'Of ECS, clusters, task definitions and services are here.',
    remedy: leaveOut,
    without: 'The app has no such part of ECS.',
  },
  'AWS::ElasticLoadBalancingV2::': httpFrontEnd,
  'AWS::ElasticLoadBalancingV2::TargetGroup': {
    reason: 'No load balancer runs here, so that no request would reach the function.',
    remedy: 'Give the function a URL of its own or a route of an HTTP API, or leave the target group out with --skip.',
    without: 'No request comes through a load balancer: invoke the function through the Lambda API.',
  },
  'AWS::Kinesis::': streams,
  'AWS::KinesisFirehose::': streams,
  'AWS::Lambda::LayerVersion': {
    reason: 'Layers are not laid under the code of functions.',
    remedy: "Bundle the layer's content with the function.",
    without: 'Functions run without what the layer brings.',
  },
  'AWS::Pipes::': pipes,
  'AWS::RDS::': {
    reason: 'Databases do not run here.',
    remedy: 'Start the database yourself, and give functions its address when the stack is synthesized for local use.',
    without: 'A function finds no database at the made-up address.',
  },
  'AWS::S3::': store('S3'),
  'AWS::Scheduler::': schedules,
  'AWS::SecretsManager::': {
    ...store('Secrets Manager'),
    reason: 'No Secrets Manager answers here, and the secret has no value before a deployment makes one.',
    remedy: 'Leave it out, and pass functions a plain value instead, when the stack is synthesized for local use.',
  },
  'AWS::SES::': {
    reason: 'Of SES, only mails and their identities are here.',
    remedy: leaveOut,
    without: 'Mails are sent to the local mailbox without it.',
  },
  'AWS::StepFunctions::': {
    ...store('Step Functions'),
    without: 'A function that starts an execution gets NotImplemented, and nobody invokes the functions of its states.',
  },
  'Custom::': customResource,
  'Custom::S3BucketNotifications': bucketNotifications,
};

/** The longest entry that the type begins with. */
function unsupported(type: string): Unsupported | undefined {
  const fitting = Object.keys(unsupportedTypes).filter((start) =>
    start.endsWith('::') ? type.startsWith(start) : type === start,
  );
  const longest = fitting.toSorted((one, other) => other.length - one.length)[0];
  return longest === undefined ? undefined : unsupportedTypes[longest];
}

/** The error for a resource that cannot run here: named in the table above, or unknown. */
export function unsupportedResource({ stack, logicalId, type }: DeclaredResource): Error {
  const place = { stack, logicalId };
  const known = unsupported(type);
  if (known !== undefined) {
    return assemblyError('RESOURCE_UNSUPPORTED', `${type}: ${known.reason}`, known.remedy, place);
  }
  return assemblyError(
    'RESOURCE_TYPE_UNKNOWN',
    `The runtime does not know ${type}, so it cannot tell what it would change.`,
    leaveOut,
    place,
  );
}

/** What an app is like without a resource of the type, which is not served here: one sentence. */
export function withoutUnsupported(type: string): string {
  return (
    unsupported(type)?.without ?? 'A function that calls its service gets NotImplemented, and nothing comes from it.'
  );
}
