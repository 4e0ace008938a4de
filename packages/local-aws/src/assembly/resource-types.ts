import type { ResourceType } from './resource-type.ts';
import { dynamodbGlobalTable, dynamodbTable } from './resources/dynamodb.ts';
import { eventsRule } from './resources/events-rule.ts';
import { iamManagedPolicy, iamPolicy, iamRole } from './resources/iam.ts';
import { kmsKey } from './resources/kms-key.ts';
import { lambdaEventSourceMapping } from './resources/lambda-event-source-mapping.ts';
import { lambdaFunction } from './resources/lambda-function.ts';
import { lambdaAlias, lambdaEventInvokeConfig, lambdaPermission, lambdaVersion } from './resources/lambda.ts';
import { logsLogGroup, logsSubscriptionFilter } from './resources/logs.ts';
import { snsSubscription } from './resources/sns-subscription.ts';
import { sqsQueue, sqsQueuePolicy } from './resources/sqs.ts';

/** The types that are interpreted. Others are in skipped-types.ts, or an error (unsupported-types.ts). */
export const resourceTypes: Readonly<Record<string, ResourceType>> = {
  'AWS::DynamoDB::GlobalTable': dynamodbGlobalTable,
  'AWS::DynamoDB::Table': dynamodbTable,
  'AWS::Events::Rule': eventsRule,
  'AWS::IAM::ManagedPolicy': iamManagedPolicy,
  'AWS::IAM::Policy': iamPolicy,
  'AWS::IAM::Role': iamRole,
  'AWS::IAM::RolePolicy': iamPolicy,
  'AWS::KMS::Key': kmsKey,
  'AWS::Lambda::Alias': lambdaAlias,
  'AWS::Lambda::EventInvokeConfig': lambdaEventInvokeConfig,
  'AWS::Lambda::EventSourceMapping': lambdaEventSourceMapping,
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::Lambda::Permission': lambdaPermission,
  'AWS::Lambda::Version': lambdaVersion,
  'AWS::Logs::LogGroup': logsLogGroup,
  'AWS::Logs::SubscriptionFilter': logsSubscriptionFilter,
  'AWS::SNS::Subscription': snsSubscription,
  'AWS::SQS::Queue': sqsQueue,
  'AWS::SQS::QueueInlinePolicy': sqsQueuePolicy,
  'AWS::SQS::QueuePolicy': sqsQueuePolicy,
};
