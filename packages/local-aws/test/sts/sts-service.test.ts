import { randomBytes } from 'node:crypto';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Endpoint, startEndpoint } from '../../src/endpoint/server.ts';
import { EventStream } from '../../src/events.ts';
import { createAuthorizer } from '../../src/services/iam/authorizer.ts';
import { CredentialRegistry } from '../../src/services/iam/credentials.ts';
import { services } from '../../src/services/index.ts';
import { StsService } from '../../src/services/sts.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { consumer, readResources } from '../../src/testing/written-assembly.ts';

const registry = new CredentialRegistry(randomBytes);
const model = readResources(consumer);
let endpoint: Endpoint;

async function identityOf(credentials: { accessKeyId: string; secretAccessKey: string }) {
  const client = new STSClient({ endpoint: endpoint.url, region: 'us-east-1', credentials, maxAttempts: 1 });
  const { Arn, UserId, Account } = await client.send(new GetCallerIdentityCommand({}));
  client.destroy();
  return { Arn, UserId, Account };
}

beforeAll(async () => {
  const clock = new ManualClock();
  const events = new EventStream();
  endpoint = await startEndpoint({
    port: 0,
    nextFreePort: false,
    events,
    clock,
    rpcServices: [new StsService(model).rpc],
    restServices: [],
    resolveCaller: (accessKeyId) => registry.callerFor(accessKeyId),
    authorize: createAuthorizer({ ...model, services, mode: 'enforce', events, clock }),
  });
});

afterAll(() => endpoint.close());

describe('GetCallerIdentity', () => {
  test("tells the developer that it is the account's root", async () => {
    expect(await identityOf({ accessKeyId: 'test', secretAccessKey: 'test' })).toEqual({
      Arn: 'arn:aws:iam::000000000000:root',
      UserId: '000000000000',
      Account: '000000000000',
    });
  });

  test('tells a function the session of its role, without any permission', async () => {
    const [fn] = model.functions;
    const [role] = model.roles;
    const credentials = registry.issue({ roleArn: fn?.roleArn ?? '', sessionName: fn?.name ?? '' });
    expect(await identityOf(credentials)).toEqual({
      Arn: `arn:aws:sts::000000000000:assumed-role/${role?.name}/${fn?.name}`,
      UserId: expect.stringMatching(new RegExp(`^AROA[A-Z0-9]{17}:${fn?.name}$`)),
      Account: '000000000000',
    });
  });
});
