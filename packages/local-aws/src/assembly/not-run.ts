import { generatedName } from './physical-names.ts';
import type { DeclaredResource, Identity } from './resource-type.ts';

const capacity =
  'Capacity does not scale here: tables are never throttled, environments start on demand, and a service keeps its count.';
const alarms = 'No metrics are published, so nothing would alarm or be drawn.';
const balancers = 'No load balancer runs here: a service has an address of its own, which is printed.';
const network = 'Functions and containers reach the endpoint over the loopback interface, not through a VPC.';
const backups = 'Nothing is stored, so that there is nothing to back up.';
const groups = 'It groups resources in the console.';
const schemas = 'Schemas of events describe; no event is refused because of them.';
const archives = 'Events are not kept, so that nothing can be replayed.';
const deployment = 'It steers deployments, and nothing is deployed here.';
const identities = 'Functions run as roles; users and groups do not call from here.';
const logTools = 'It works on stored logs and feeds nothing back into queues or functions.';

/** Resource types that change nothing for the queues and functions of this machine, and why. */
export const skippedTypes: Readonly<Record<string, string>> = {
  'AWS::ApplicationAutoScaling::ScalableTarget': capacity,
  'AWS::ApplicationAutoScaling::ScalingPolicy': capacity,
  'AWS::ApplicationInsights::Application': alarms,
  'AWS::Backup::BackupPlan': backups,
  'AWS::Backup::BackupSelection': backups,
  'AWS::Backup::BackupVault': backups,
  'AWS::Budgets::Budget': 'Nothing here costs money.',
  'AWS::CDK::Metadata': 'It only tells AWS which construct libraries were used.',
  'AWS::Chatbot::SlackChannelConfiguration': 'Nobody is notified in Slack from here.',
  'AWS::CloudFormation::WaitConditionHandle': deployment,
  'AWS::CloudWatch::Alarm': alarms,
  'AWS::CloudWatch::AnomalyDetector': alarms,
  'AWS::CloudWatch::CompositeAlarm': alarms,
  'AWS::CloudWatch::Dashboard': alarms,
  'AWS::CodeDeploy::Application': deployment,
  'AWS::CodeDeploy::DeploymentConfig': deployment,
  'AWS::CodeDeploy::DeploymentGroup': deployment,
  'AWS::EC2::DHCPOptions': network,
  'AWS::EC2::FlowLog': network,
  'AWS::EC2::InternetGateway': network,
  'AWS::EC2::NatGateway': network,
  'AWS::EC2::NetworkAcl': network,
  'AWS::EC2::NetworkAclEntry': network,
  'AWS::EC2::PrefixList': network,
  'AWS::EC2::Route': network,
  'AWS::EC2::RouteTable': network,
  'AWS::EC2::SecurityGroup': network,
  'AWS::EC2::SecurityGroupEgress': network,
  'AWS::EC2::SecurityGroupIngress': network,
  'AWS::EC2::Subnet': network,
  'AWS::EC2::SubnetNetworkAclAssociation': network,
  'AWS::EC2::SubnetRouteTableAssociation': network,
  'AWS::EC2::EIP': network,
  'AWS::EC2::VPC': network,
  'AWS::EC2::VPCDHCPOptionsAssociation': network,
  'AWS::EC2::VPCEndpoint': network,
  'AWS::EC2::VPCGatewayAttachment': network,
  'AWS::ECS::CapacityProvider': capacity,
  'AWS::ECS::ClusterCapacityProviderAssociations': capacity,
  'AWS::ElasticLoadBalancingV2::Listener': balancers,
  'AWS::ElasticLoadBalancingV2::ListenerCertificate': balancers,
  'AWS::ElasticLoadBalancingV2::ListenerRule': balancers,
  'AWS::ElasticLoadBalancingV2::LoadBalancer': balancers,
  'AWS::ElasticLoadBalancingV2::TargetGroup': balancers,
  'AWS::EventSchemas::Discoverer': schemas,
  'AWS::EventSchemas::Registry': schemas,
  'AWS::EventSchemas::Schema': schemas,
  'AWS::Events::Archive': archives,
  'AWS::IAM::Group': identities,
  'AWS::IAM::InstanceProfile': identities,
  'AWS::IAM::ServiceLinkedRole': identities,
  'AWS::IAM::User': identities,
  'AWS::Lambda::CodeSigningConfig': deployment,
  'AWS::Logs::LogAnomalyDetector': logTools,
  'AWS::Logs::LogStream': 'Each execution environment makes its own log stream.',
  'AWS::Logs::MetricFilter': logTools,
  'AWS::Logs::ResourcePolicy': logTools,
  'AWS::ResourceGroups::Group': groups,
  'AWS::ServiceCatalogAppRegistry::Application': groups,
  'AWS::ServiceCatalogAppRegistry::AttributeGroup': groups,
  'AWS::ServiceCatalogAppRegistry::AttributeGroupAssociation': groups,
  'AWS::ServiceCatalogAppRegistry::ResourceAssociation': groups,
  'AWS::SSM::Parameter': 'There is no Systems Manager; a function that asks it for a parameter is told so.',
  'AWS::XRay::Group': 'No traces are recorded.',
  'AWS::XRay::SamplingRule': 'No traces are recorded.',
  'Custom::LogRetention': 'Logs are kept as long as the runtime runs.',
  'Custom::S3AutoDeleteObjects': 'It empties a bucket when the stack is deleted.',
  'Custom::VpcRestrictDefaultSG': network,
};

/** Types whose values people use outside of the stacks, and what to do instead. The start says so. */
export const madeUpValues: Readonly<Record<string, string>> = {
  'AWS::ElasticLoadBalancingV2::LoadBalancer':
    'DNSName is made up and leads nowhere. Use the address that a service prints when its tasks are ready.',
};

/**
 * Whether the stacks run without the resource, and nobody needs to be asked. A target group of functions is not so: the
 * functions would never be invoked. That of a service is: the service has an address of its own.
 */
export function isSkipped({ type, properties }: DeclaredResource): boolean {
  if (skippedTypes[type] === undefined) return false;
  return type !== 'AWS::ElasticLoadBalancingV2::TargetGroup' || properties.text('TargetType') !== 'lambda';
}

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
    case 'AWS::CloudWatch::Alarm':
    case 'AWS::CloudWatch::CompositeAlarm':
      return { physicalId: name, attributes: { Arn: arn('cloudwatch', `alarm:${name}`) } };
    case 'AWS::SSM::Parameter':
      return { physicalId: name, attributes: { Value: properties.text('Value') ?? '' } };
    case 'Custom::LogRetention':
      return { physicalId: name, attributes: { LogGroupName: name } };
    case 'AWS::ElasticLoadBalancingV2::LoadBalancer': {
      // A name that no resolver knows (RFC 2606), so that no request leaves this machine for a stranger's load balancer.
      const dnsName = `${name.toLowerCase()}.${region}.elb.invalid`;
      return { physicalId: arn('elasticloadbalancing', `loadbalancer/${name}`), attributes: { DNSName: dnsName } };
    }
    default:
      return { physicalId: name, attributes: {} };
  }
}
