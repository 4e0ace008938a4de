import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Target } from './target.ts';

/** The services that the commands talk to. Dispose of them to close their connections. */
export interface Clients extends Disposable {
  readonly cloudFormation: CloudFormationClient;
  readonly cloudWatch: CloudWatchClient;
  readonly dynamodb: DynamoDBClient;
  readonly lambda: LambdaClient;
  readonly logs: CloudWatchLogsClient;
  readonly sqs: SQSClient;
}

/** Patient with throttling: a person would only start the command again. */
const maxAttempts = 8;
/** The stack is asked first: whether anybody answers at all should be known soon. */
const firstContactAttempts = 3;

/** Clients for what a command's options name; region and credentials that it leaves open are found by the SDK. */
export function createClients({ region, endpoint, credentials }: Target): Clients {
  const settings = {
    maxAttempts,
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && { credentials }),
  };
  const clients = {
    cloudFormation: new CloudFormationClient({ ...settings, maxAttempts: firstContactAttempts }),
    cloudWatch: new CloudWatchClient(settings),
    dynamodb: new DynamoDBClient(settings),
    lambda: new LambdaClient(settings),
    logs: new CloudWatchLogsClient(settings),
    sqs: new SQSClient(settings),
  };
  return {
    ...clients,
    [Symbol.dispose]() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
