import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Issuer } from './issuer.ts';
import { functions, httpApi, lambdaIntegration, roleFor, route, type RunningApi, startApi } from './written-api.ts';

const signed = (accessKeyId: string, service = 'execute-api') => ({
  headers: {
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/${service}/aws4_request, Signature=0`,
  },
});

const ofJwt = (scopes: readonly string[]) => ({
  AuthorizationType: 'JWT',
  AuthorizerId: { Ref: 'Tokens' },
  AuthorizationScopes: scopes,
});

let issuer: Issuer;
let api: RunningApi;

beforeAll(async () => {
  issuer = await Issuer.start();
  api = await startApi({
    ...functions({
      echo: 'return { statusCode: 200, headers: { "access-control-allow-origin": "mine" }, body: JSON.stringify(event.requestContext.authorizer ?? null) };',
    }),
    ...httpApi(
      {
        CorsConfiguration: {
          AllowOrigins: ['https://shop.example', 'http://localhost:3000'],
          AllowMethods: ['GET', 'POST'],
          AllowHeaders: ['content-type'],
          ExposeHeaders: ['x-id'],
          AllowCredentials: true,
          MaxAge: 60,
        },
      },
      {
        RouteSettings: {
          'GET /slow': { ThrottlingRateLimit: 0.001, ThrottlingBurstLimit: 2 },
          'GET /never': { ThrottlingRateLimit: 0, ThrottlingBurstLimit: 0 },
        },
      },
    ),
    Tokens: {
      Type: 'AWS::ApiGatewayV2::Authorizer',
      Properties: {
        ApiId: { Ref: 'Api' },
        AuthorizerType: 'JWT',
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: { Audience: ['shop'], Issuer: issuer.url },
        Name: 'tokens',
      },
    },
    May: roleFor('lambda.amazonaws.com', [
      {
        Effect: 'Allow',
        Action: 'execute-api:Invoke',
        Resource: { 'Fn::Sub': 'arn:aws:execute-api:*:*:${Api}/*/GET/iam/*' },
      },
    ]),
    ...lambdaIntegration('echo'),
    ...route('GET /open', 'echo'),
    ...route('GET /slow', 'echo'),
    ...route('GET /never', 'echo'),
    ...route('ANY /iam/{id}', 'echo', { AuthorizationType: 'AWS_IAM' }),
    ...route('GET /token', 'echo', ofJwt([])),
    ...route('GET /scoped', 'echo', ofJwt(['write', 'admin'])),
    ...route('ANY /all', 'echo', ofJwt([])),
  });
});

afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  issuer?.close();
});

async function withToken(path: string, token: string): Promise<[number, unknown, string | null]> {
  const response = await api.fetch(path, { headers: { authorization: `Bearer ${token}` } });
  return [response.status, await response.json(), response.headers.get('www-authenticate')];
}

describe('a route with IAM authorization', () => {
  test('refuses a request without a signature, or signed for another service', async () => {
    for (const init of [{}, signed('AKIA', 'lambda')]) {
      const response = await api.fetch('/iam/1', init);
      expect([response.status, await response.text()]).toEqual([403, '{"message":"Forbidden"}']);
    }
  });

  test('lets a role do what its policy allows, and tells the function who it is', async () => {
    const role = api.runtime.model.roles.find(({ logicalId }) => logicalId === 'May');
    const credentials = await assumed(role?.arn ?? '');
    const response = await api.fetch('/iam/7', signed(credentials));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      iam: {
        accessKey: credentials,
        accountId: '000000000000',
        callerId: expect.stringMatching(/^AROA.{17}:tester$/),
        cognitoIdentity: null,
        principalOrgId: null,
        userArn: `arn:aws:sts::000000000000:assumed-role/${role?.name}/tester`,
        userId: expect.stringMatching(/^AROA/),
      },
    });
    const other = await api.fetch('/iam/7', { method: 'DELETE', ...signed(credentials) });
    expect(other.status).toBe(403);
  });

  test('lets the developer in', async () => {
    expect((await api.fetch('/iam/7', { method: 'DELETE', ...signed('local') })).status).toBe(200);
  });
});

/** The access key of a session of the role. */
async function assumed(roleArn: string): Promise<string> {
  const scope = 'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/sts/aws4_request, Signature=0';
  const response = await fetch(api.runtime.endpoint.url, {
    method: 'POST',
    headers: { authorization: scope, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: roleArn,
      RoleSessionName: 'tester',
    }),
  });
  return /<AccessKeyId>(\w+)</.exec(await response.text())?.[1] ?? '';
}

describe('a route with a JWT authorizer', () => {
  test('gives the function the claims as texts, and the scopes where the route has some', async () => {
    const [status, authorizer] = await withToken('/token', await issuer.token());
    expect(status).toBe(200);
    expect(authorizer).toMatchObject({ jwt: { claims: { aud: 'shop', n: '1', scope: 'read write' }, scopes: null } });
    const [, scoped] = await withToken('/scoped', await issuer.token());
    expect(scoped).toMatchObject({ jwt: { scopes: ['read', 'write'] } });
  });

  test('refuses a request without a token', async () => {
    const response = await api.fetch('/token');
    expect([response.status, await response.text()]).toEqual([401, '{"message":"Unauthorized"}']);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
  });

  test.each([
    [{ aud: 'other' }, 'the token does not have a valid audience'],
    [{ iss: 'https://other.example' }, 'the token does not have a valid issuer'],
    [{ exp: 1 }, 'the token has expired'],
    [{ nbf: 4_102_444_800 }, 'the token is not valid yet'],
    [{ iat: 4_102_444_800 }, 'the token was issued in the future'],
  ])('refuses a token with %j: %s', async (claims, problem) => {
    const [status, body, challenge] = await withToken('/token', await issuer.token(claims));
    expect([status, body]).toEqual([401, { message: 'Unauthorized' }]);
    expect(challenge).toBe(`Bearer scope="" error="invalid_token" error_description="${problem}"`);
  });

  test('takes client_id where the token has no audience', async () => {
    const token = await issuer.token({ aud: undefined, client_id: 'shop' });
    expect((await withToken('/token', token))[0]).toBe(200);
  });

  test('refuses a token that somebody has changed, and one of another key', async () => {
    const [head, , signature] = (await issuer.token()).split('.');
    const forged = Buffer.from(JSON.stringify({ iss: issuer.url, aud: 'shop', exp: 4_102_444_800 })).toString(
      'base64url',
    );
    expect((await withToken('/token', `${head}.${forged}.${signature}`))[0]).toBe(401);
    expect((await withToken('/token', await issuer.token({}, 'two')))[0]).toBe(401);
    expect((await withToken('/token', 'nonsense'))[0]).toBe(401);
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${forged}.`;
    expect((await withToken('/token', unsigned))[0]).toBe(401);
  });

  test('refuses a token without one of the scopes of the route', async () => {
    const [status, body, challenge] = await withToken('/scoped', await issuer.token({ scope: 'read' }));
    expect([status, body]).toEqual([403, { message: 'Forbidden' }]);
    expect(challenge).toContain('error="insufficient_scope"');
  });
});

const preflight = (path: string, origin: string) =>
  api.fetch(path, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET' } });

describe('CORS', () => {
  test('answers a preflight itself, where there is no route for it', async () => {
    const response = await preflight('/open', 'http://localhost:3000');
    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': 'http://localhost:3000',
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'content-type',
      'access-control-allow-credentials': 'true',
      'access-control-max-age': '60',
    });
  });

  test('gives a page of this machine that is not named no headers, and asks a route of all methods for its token', async () => {
    const other = await preflight('/open', 'http://localhost:4000');
    expect([other.status, other.headers.get('access-control-allow-origin')]).toEqual([204, null]);
    expect((await preflight('/all', 'http://localhost:3000')).status).toBe(401);
  });

  test('puts its headers in place of those of the function', async () => {
    const named = await api.fetch('/open', { headers: { origin: 'https://shop.example' } });
    expect(named.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(named.headers.get('access-control-expose-headers')).toBe('x-id');
    const plain = await api.fetch('/open');
    expect(plain.headers.get('access-control-allow-origin')).toBeNull();
  });
});

test("API Gateway's own API tells of the API, its routes, integrations, stages and authorizers", async () => {
  const get = async (path: string) => {
    const response = await fetch(api.runtime.endpoint.url + path, signed('local', 'apigateway'));
    return [response.status, await response.json()] as [number, Record<string, never>];
  };
  const { id, url } = api.runtime.model.httpApis[0] ?? { id: '', url: '' };
  const [status, all] = await get('/v2/apis');
  expect([status, all]).toMatchObject([200, { items: [{ apiId: id, apiEndpoint: url, protocolType: 'HTTP' }] }]);
  expect((await get(`/v2/apis/${id}`))[1]).toMatchObject({ name: 'orders-api', corsConfiguration: { maxAge: 60 } });
  const [, routes] = await get(`/v2/apis/${id}/routes`);
  expect(routes['items']).toContainEqual(
    expect.objectContaining({
      routeKey: 'GET /scoped',
      authorizationType: 'JWT',
      authorizationScopes: ['write', 'admin'],
    }),
  );
  expect((await get(`/v2/apis/${id}/integrations`))[1]).toMatchObject({
    items: [{ integrationType: 'AWS_PROXY', payloadFormatVersion: '2.0', timeoutInMillis: 30_000 }],
  });
  expect((await get(`/v2/apis/${id}/stages`))[1]).toMatchObject({
    items: [{ stageName: '$default', autoDeploy: true, routeSettings: { 'GET /slow': { throttlingBurstLimit: 2 } } }],
  });
  expect((await get(`/v2/apis/${id}/authorizers`))[1]).toMatchObject({ items: [{ name: 'tokens' }] });
  expect(await get('/v2/apis/absent')).toMatchObject([404, { message: expect.stringContaining('absent') }]);
  expect(await get('/v2/domainnames')).toMatchObject([
    501,
    { message: 'The local endpoint does not implement apigateway: GetDomainNames.' },
  ]);
});

test('a route beyond its limits answers 429', async () => {
  const statuses = [];
  for (let count = 0; count < 3; count += 1) statuses.push((await api.fetch('/slow')).status);
  expect(statuses).toEqual([200, 200, 429]);
  const never = await api.fetch('/never');
  expect([never.status, await never.text()]).toEqual([429, '{"message":"Too Many Requests"}']);
});
