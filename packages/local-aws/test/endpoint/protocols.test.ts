import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetFunctionCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { signed, startTestEndpoint } from './endpoint-harness.ts';

let endpoint: Awaited<ReturnType<typeof startTestEndpoint>>;

beforeEach(async () => {
  endpoint = await startTestEndpoint();
});

afterEach(() => endpoint.close());

describe('the protocols', () => {
  test('JSON: input arrives, output comes back, the access key names the caller', async () => {
    const client = new CloudWatchLogsClient(endpoint.clientOptions);
    const answer = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws', limit: 5 }));
    expect(answer.logGroups).toEqual([{ logGroupName: 'one' }]);
    expect(answer.$metadata.requestId).toMatch(/^[\da-f-]{36}$/);
    expect(endpoint.seen.calls[0]?.input).toEqual({ logGroupNamePrefix: '/aws', limit: 5 });
    expect(endpoint.seen.calls[0]?.context.caller.accessKeyId).toBe('AKIDEXAMPLE');
  });

  test('Query: the credential scope names the service, the answer is XML', async () => {
    const identity = await new STSClient(endpoint.clientOptions).send(new GetCallerIdentityCommand());
    expect(identity.Arn).toBe('arn:aws:iam::0:user/AKIDEXAMPLE');
  });

  test('REST: method and path name the operation, a slash at the end or not', async () => {
    const client = new LambdaClient(endpoint.clientOptions);
    expect((await client.send(new ListFunctionsCommand({ Marker: 'm' }))).NextMarker).toBe('m');
    const slashed = await fetch(`${endpoint.url}/2015-03-31/functions/`, { headers: { authorization: signed } });
    expect(slashed.status).toBe(200);
    const arn = 'arn:aws:lambda:eu-central-1:000000000000:function:f';
    await expect(client.send(new GetFunctionCommand({ FunctionName: arn }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Function not found: ${arn}`,
      Type: 'User',
      $metadata: { httpStatusCode: 404 },
    });
  });

  test('permissions are asked before the operation runs', async () => {
    endpoint.seen.denied = 'logs:DescribeLogGroups';
    await expect(
      new CloudWatchLogsClient(endpoint.clientOptions).send(new DescribeLogGroupsCommand()),
    ).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: 'may not logs:DescribeLogGroups',
    });
    expect(endpoint.seen.calls).toEqual([]);
  });
});
