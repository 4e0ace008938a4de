import { RemovalPolicy } from 'aws-cdk-lib';

/**
 * For what holds data. What is retained still goes when the deployment that creates it fails: it is empty, and its
 * name would be in the way of the next attempt.
 */
export function removalPolicy(retainData: boolean): RemovalPolicy {
  return retainData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}

/**
 * For what holds data and cannot be deleted by mistake: nor can CloudFormation delete it when the deployment that creates
 * it fails, and its rollback would fail with it. An empty table that nobody named is in nobody's way.
 */
export function protectedRemovalPolicy(retainData: boolean): RemovalPolicy {
  return retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}
