import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClients } from '../../../tools/orders/aws/clients.ts';
import { judge, smokeMessages } from '../../../tools/orders/smoke/checks.ts';
import { documentOf } from './collected-io.ts';
import { type ServedPipeline, servePipeline } from './served-pipeline.ts';

let pipeline: ServedPipeline;

beforeAll(async () => {
  pipeline = await servePipeline();
});

afterAll(() => pipeline[Symbol.asyncDispose]());

void PurgeQueueCommand;
void DynamoDBClient;
void paginateScan;
void createClients;

test('a pipeline that does what it should passes, and nothing of the test is left', async () => {
  const { exitCode, stdout } = await pipeline.orders(['smoke']);
  expect(stdout).toMatch(/All is well\. 3 rows of the test removed\.\n$/);
  expect(stdout).not.toContain('✘');
  expect(exitCode).toBe(0);
  const { stdout: status } = await pipeline.orders(['status', '--wait', '--sent', '0']);
  expect(status).toContain('✔ sent 0 = processed 0 + failed 0 + in flight 0');
});
