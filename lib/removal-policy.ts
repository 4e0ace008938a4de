import { RemovalPolicy } from 'aws-cdk-lib';

/**
 * For a resource with data. When the deployment that creates it fails, the resource is deleted even if data are to be
 * retained: it is empty, and its name would be in the way of the next deployment.
 */
export function removalPolicy(retainData: boolean): RemovalPolicy {
  return retainData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}

/**
 * For a resource with data that is protected against deletion. CloudFormation cannot delete it either when the
 * deployment that creates it fails, and the rollback would fail, too. So the resource stays: it is empty, and its
 * generated name is in nobody's way.
 */
export function protectedRemovalPolicy(retainData: boolean): RemovalPolicy {
  return retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}
