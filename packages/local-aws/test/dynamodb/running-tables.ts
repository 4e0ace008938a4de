import { rmSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventStream, type RuntimeEvent } from '../../src/events.ts';
import { startRuntime } from '../../src/runtime.ts';
import type { IamMode } from '../../src/services/iam/authorizer.ts';
import { functionWith, writeAssembly } from '../../src/testing/written-assembly.ts';

/** Orders by id, and by status and time: keys, a global index and nothing else. */
export const ordersTable = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName: 'orders',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['id', 'status', 'at'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'by-status',
        KeySchema: [
          { AttributeName: 'status', KeyType: 'HASH' },
          { AttributeName: 'at', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['total'] },
      },
    ],
  },
};

/** A table with a key and nothing else. */
export const marksTable = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName: 'marks',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  },
};

export const tableArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/orders';

/** A function whose role may do `actions` on `resource`, and which answers the credentials it has. */
export function functionThatMay(actions: readonly string[], resource: unknown): Readonly<Record<string, object>> {
  return {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'worker-role',
        AssumeRolePolicyDocument: {
          Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } }],
        },
        Policies: [
          {
            PolicyName: 'table',
            PolicyDocument: { Statement: [{ Effect: 'Allow', Action: actions, Resource: resource }] },
          },
        ],
      },
    },
    Worker: functionWith({
      FunctionName: 'worker',
      Code: {
        ZipFile: `exports.handler = async () => ({
          accessKeyId: process.env.AWS_ACCESS_KEY_ID,
          secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
          sessionToken: process.env.AWS_SESSION_TOKEN,
        });`,
      },
    }),
  };
}

export type RunningTables = Awaited<ReturnType<typeof startTables>>;

/** The runtime on one stack of these resources, and a client of the developer's. */
export async function startTables(resources: Readonly<Record<string, object>>, iam: IamMode = 'enforce') {
  const directories: string[] = [];
  const assemblyOf = (content: Readonly<Record<string, object>>): string => {
    const directory = writeAssembly({ Shop: { template: { Resources: content } } });
    directories.push(directory);
    return directory;
  };
  const events = new EventStream();
  const notices: string[] = [];
  events.subscribe((event: RuntimeEvent) => {
    if (event.type === 'notice') notices.push(event.message);
  });
  const removeDirectories = () => {
    for (const directory of directories) rmSync(directory, { recursive: true });
  };
  const runtime = await startRuntime({ assembly: assemblyOf(resources), events, port: 0, iam }).catch(
    (error: unknown) => {
      removeDirectories();
      throw error;
    },
  );
  const clients: DynamoDBClient[] = [];
  const clientWith = (credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }) => {
    const endpoint = runtime.endpoint.url;
    const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
    clients.push(client);
    return client;
  };
  return {
    runtime,
    events,
    notices,
    client: clientWith({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'any' }),
    /** A client with the credentials of the function `worker`. */
    workerClient: async () => {
      const { payload } = await runtime.lambda.invoke('worker', '{}');
      return clientWith(JSON.parse(payload ?? '{}') as { accessKeyId: string; secretAccessKey: string });
    },
    reload: (next: Readonly<Record<string, object>>) => runtime.reload(assemblyOf(next)),
    close: async () => {
      for (const client of clients) client.destroy();
      await runtime[Symbol.asyncDispose]();
      removeDirectories();
    },
  };
}
