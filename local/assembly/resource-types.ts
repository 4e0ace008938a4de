import type { ResourceType } from './resource-type.ts';
import { dynamodbGlobalTable } from './resources/dynamodb-global-table.ts';
import { dynamodbTable } from './resources/dynamodb-table.ts';
import { eventsRule } from './resources/events-rule.ts';
import { iamManagedPolicy } from './resources/iam-managed-policy.ts';
import { iamPolicy } from './resources/iam-policy.ts';
import { iamRole } from './resources/iam-role.ts';
import { kmsKey } from './resources/kms-key.ts';
import { lambdaAlias } from './resources/lambda-alias.ts';
import { lambdaEventInvokeConfig } from './resources/lambda-event-invoke-config.ts';
import { lambdaEventSourceMapping } from './resources/lambda-event-source-mapping.ts';
import { lambdaFunction } from './resources/lambda-function.ts';
import { lambdaPermission } from './resources/lambda-permission.ts';
import { lambdaVersion } from './resources/lambda-version.ts';
import { logsLogGroup } from './resources/logs-log-group.ts';
import { logsSubscriptionFilter } from './resources/logs-subscription-filter.ts';
import { snsSubscription } from './resources/sns-subscription.ts';
import { sqsQueue } from './resources/sqs-queue.ts';
import { sqsQueuePolicy } from './resources/sqs-queue-policy.ts';

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
