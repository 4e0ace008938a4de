/** Where a stack stands: what the `AWS::` pseudo parameters say in it. */
export interface StackEnvironment {
  readonly stackName: string;
  readonly stackArn: string;
  readonly region: string;
  readonly accountId: string;
  readonly partition: string;
  /** The runtime's endpoint without a slash at its end; queue URLs start with it. */
  readonly endpointUrl: string;
}

/** `Ref` of these removes the property or the list entry it stands in. */
export const noValue = 'AWS::NoValue';

/** By name; undefined where the name is no pseudo parameter. */
export function pseudoParameter(name: string, environment: StackEnvironment): string | readonly string[] | undefined {
  switch (name) {
    case 'AWS::AccountId':
      return environment.accountId;
    case 'AWS::Region':
      return environment.region;
    case 'AWS::Partition':
      return environment.partition;
    case 'AWS::StackName':
      return environment.stackName;
    case 'AWS::StackId':
      return environment.stackArn;
    case 'AWS::URLSuffix':
      return environment.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
    case 'AWS::NotificationARNs':
      return [];
    default:
      return undefined;
  }
}

/** The partition that AWS puts a region in. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
