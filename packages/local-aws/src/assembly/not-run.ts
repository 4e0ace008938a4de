import { assemblyError } from './error-codes.ts';
import { generatedName } from './physical-names.ts';
import type { DeclaredResource, Identity } from './resource-type.ts';

const capacity = 'Capacity does not scale here: tables are never throttled, and environments start on demand.';
const alarms = 'No metrics are published, so nothing would alarm or be drawn.';
const network = 'Functions reach the endpoint over the loopback interface, not through a VPC.';
const topics = 'There is no SNS; a topic that only notifies people changes nothing for queues and functions.';
const deployment = 'It steers deployments, and nothing is deployed here.';
const identities = 'Functions run as roles; users and groups do not call from here.';
const logTools = 'It works on stored logs and feeds nothing back into queues or functions.';

/** Resource types that change nothing for the queues and functions of this machine, and why. */
export const skippedTypes: Readonly<Record<string, string>> = {
  'AWS::ApplicationAutoScaling::ScalableTarget': capacity,
  'AWS::ApplicationAutoScaling::ScalingPolicy': capacity,
  'AWS::ApplicationInsights::Application': alarms,
  'AWS::Budgets::Budget': 'Nothing here costs money.',
  'AWS::CDK::Metadata': 'It only tells AWS which construct libraries were used.',
  'AWS::Chatbot::SlackChannelConfiguration': topics,
  'AWS::CloudFormation::WaitConditionHandle': deployment,
  'AWS::CloudWatch::Alarm': alarms,
  'AWS::CloudWatch::AnomalyDetector': alarms,
  'AWS::CloudWatch::CompositeAlarm': alarms,
  'AWS::CloudWatch::Dashboard': alarms,
  'AWS::CodeDeploy::Application': deployment,
  'AWS::CodeDeploy::DeploymentConfig': deployment,
  'AWS::CodeDeploy::DeploymentGroup': deployment,
  'AWS::EC2::InternetGateway': network,
  'AWS::EC2::NatGateway': network,
  'AWS::EC2::Route': network,
  'AWS::EC2::RouteTable': network,
  'AWS::EC2::SecurityGroup': network,
  'AWS::EC2::SecurityGroupEgress': network,
  'AWS::EC2::SecurityGroupIngress': network,
  'AWS::EC2::Subnet': network,
  'AWS::EC2::SubnetRouteTableAssociation': network,
  'AWS::EC2::EIP': network,
  'AWS::EC2::VPC': network,
  'AWS::EC2::VPCEndpoint': network,
  'AWS::EC2::VPCGatewayAttachment': network,
  'AWS::IAM::Group': identities,
  'AWS::IAM::InstanceProfile': identities,
  'AWS::IAM::User': identities,
  'AWS::Lambda::CodeSigningConfig': deployment,
  'AWS::Logs::LogAnomalyDetector': logTools,
  'AWS::Logs::LogStream': 'Each execution environment makes its own log stream.',
  'AWS::Logs::MetricFilter': logTools,
  'AWS::Logs::QueryDefinition': logTools,
  'AWS::Logs::ResourcePolicy': logTools,
  'AWS::ResourceGroups::Group': 'It groups resources in the console.',
  'AWS::SNS::Topic': topics,
  'AWS::SNS::TopicInlinePolicy': topics,
  'AWS::SNS::TopicPolicy': topics,
  'AWS::SSM::Parameter': 'There is no Systems Manager; a function that asks it for a parameter is told so.',
  'AWS::XRay::Group': 'No traces are recorded.',
  'AWS::XRay::SamplingRule': 'No traces are recorded.',
  'Custom::LogRetention': 'Logs are kept as long as the runtime runs.',
};

/** Property with the explicit name of a type whose `Ref` is that name. */
const nameProperties: Readonly<Record<string, string>> = {
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::CompositeAlarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::SSM::Parameter': 'Name',
  'Custom::LogRetention': 'LogGroupName',
};

/** Ids for references to skipped resources; attributes only where a queue, function or policy is likely to use them. */
export function identifySkipped(resource: DeclaredResource): Identity {
  const { stack, logicalId, type, properties, environment } = resource;
  const { partition, region, accountId } = environment;
  const arn = (service: string, rest: string): string => `arn:${partition}:${service}:${region}:${accountId}:${rest}`;
  const nameProperty = nameProperties[type];
  const explicitName = nameProperty === undefined ? undefined : properties.text(nameProperty);
  const name = explicitName ?? generatedName(stack, logicalId, 255);
  switch (type) {
    case 'AWS::SNS::Topic': {
      const topic = properties.text('TopicName') ?? generatedName(stack, logicalId, 256);
      const topicArn = arn('sns', topic);
      return { physicalId: topicArn, attributes: { TopicArn: topicArn, TopicName: topic } };
    }
    case 'AWS::CloudWatch::Alarm':
    case 'AWS::CloudWatch::CompositeAlarm':
      return { physicalId: name, attributes: { Arn: arn('cloudwatch', `alarm:${name}`) } };
    case 'AWS::SSM::Parameter':
      return { physicalId: name, attributes: { Value: properties.text('Value') ?? '' } };
    case 'Custom::LogRetention':
      return { physicalId: name, attributes: { LogGroupName: name } };
    default:
      return { physicalId: name, attributes: {} };
  }
}

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
