import { randomBytes } from 'node:crypto';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandOutput,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts';
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
const trusting = (principal: object) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: { Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: principal }] },
  },
});
const model = readResources({
  ...consumer,
  Named: trusting({ AWS: { 'Fn::GetAtt': ['Role', 'Arn'] } }),
  Account: trusting({ AWS: { Ref: 'AWS::AccountId' } }),
  OnlyLambda: trusting({ Service: 'lambda.amazonaws.com' }),
});
let endpoint: Endpoint;

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const developer: Keys = { accessKeyId: 'test', secretAccessKey: 'test' };

async function asking<Answer>(credentials: Keys, ask: (client: STSClient) => Promise<Answer>): Promise<Answer> {
  const client = new STSClient({ endpoint: endpoint.url, region: 'us-east-1', credentials, maxAttempts: 1 });
  try {
    return await ask(client);
  } finally {
    client.destroy();
  }
}

const identityOf = (credentials: Keys) =>
  asking(credentials, async (client) => {
    const { Arn, UserId, Account } = await client.send(new GetCallerIdentityCommand({}));
    return { Arn, UserId, Account };
  });

const arnOf = (logicalId: string) => model.roles.find((role) => role.logicalId === logicalId)?.arn ?? logicalId;

const assume = (credentials: Keys, logicalId: string, more: { DurationSeconds?: number; ExternalId?: string } = {}) =>
  asking(credentials, (client) =>
    client.send(new AssumeRoleCommand({ RoleArn: arnOf(logicalId), RoleSessionName: 'me', ...more })),
  );

const token = (credentials: Keys) => asking(credentials, (client) => client.send(new GetSessionTokenCommand({})));

const consumerKeys = () => registry.issue({ roleArn: arnOf('Role'), sessionName: 'consumer' });

const keysOf = ({ Credentials }: Pick<AssumeRoleCommandOutput, 'Credentials'>): Keys => ({
  accessKeyId: Credentials?.AccessKeyId ?? '',
  secretAccessKey: Credentials?.SecretAccessKey ?? '',
});

const clock = new ManualClock();

beforeAll(async () => {
  const events = new EventStream();
  endpoint = await startEndpoint({
    port: 0,
    nextFreePort: false,
    events,
    clock,
    rpcServices: [new StsService(model, { clock, credentials: registry }).rpc],
    restServices: [],
    resolveCaller: (accessKeyId) => registry.callerFor(accessKeyId),
    authorize: createAuthorizer({ ...model, services, mode: 'enforce', events, clock }),
  });
});

afterAll(() => endpoint.close());

describe('GetCallerIdentity', () => {
  test("tells the developer that it is the account's root", async () => {
    expect(await identityOf(developer)).toEqual({
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

describe('AssumeRole', () => {
  test('lets the developer become any role, and the credentials name the role', async () => {
    const answer = await assume(developer, 'OnlyLambda', { DurationSeconds: 900 });
    const name = arnOf('OnlyLambda').split('/').at(-1);
    const arn = `arn:aws:sts::000000000000:assumed-role/${name}/me`;
    expect(answer.AssumedRoleUser).toMatchObject({
      Arn: arn,
      AssumedRoleId: expect.stringMatching(/^AROA\w{17}:me$/) as unknown,
    });
    expect(answer.Credentials?.Expiration).toEqual(new Date(clock.now() + 900_000));
    expect(await identityOf(keysOf(answer))).toMatchObject({ Arn: arn });
  });

  test('lets a role become one that trusts it, and one that trusts the account only with a policy of its own', async () => {
    expect(keysOf(await assume(consumerKeys(), 'Named')).accessKeyId).toMatch(/^ASIA/);
    const session = `arn:aws:sts::000000000000:assumed-role/${arnOf('Role').split('/').at(-1)}/consumer`;
    await expect(assume(consumerKeys(), 'Account')).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(
        `User: ${session} is not authorized to perform: sts:AssumeRole on resource: ${arnOf('Account')} because no identity-based`,
      ) as unknown,
    });
    await expect(assume(consumerKeys(), 'OnlyLambda')).rejects.toThrow('no resource-based policy allows');
  });

  test('refuses what would narrow the session, which is not evaluated here, and malformed requests', async () => {
    await expect(assume(developer, 'Named', { ExternalId: '12' })).rejects.toThrow('AssumeRole with ExternalId');
    await expect(assume(developer, 'Named', { DurationSeconds: 60 })).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining("'durationSeconds'") as unknown,
    });
    await expect(assume(developer, 'no ARN at all, and long enough')).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });
});

test('GetSessionToken gives the developer a session, and nobody who has a session already', async () => {
  expect(await identityOf(keysOf(await token(developer)))).toMatchObject({ Arn: 'arn:aws:iam::000000000000:root' });
  await expect(token(registry.issue({ roleArn: arnOf('Role'), sessionName: 's' }))).rejects.toMatchObject({
    name: 'AccessDenied',
    message: 'Cannot call GetSessionToken with session credentials',
  });
});
