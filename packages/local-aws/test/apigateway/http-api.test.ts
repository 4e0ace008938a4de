import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { functions, httpApi, lambdaIntegration, permission, route, type RunningApi, startApi } from './written-api.ts';

const echo = 'return event;';
const answers = `
  const kinds = {
    '/text': 'hello',
    '/object': { hello: 'world' },
    '/whole': {
      statusCode: 201,
      headers: { 'Content-Type': 'application/problem+json', 'x-custom': 'yes' },
      cookies: ['a=1; Secure', 'b=2'],
      body: '{}',
    },
    '/binary': { statusCode: 200, headers: { 'content-type': 'image/png' }, body: 'AAEC/w==', isBase64Encoded: true },
    '/plain': { statusCode: 200, body: 'plain' },
    '/malformed': { statusCode: 'many' },
    '/bad-header': { statusCode: 200, headers: { 'x-bad': 'a\\nb' } },
  };
  if (event.rawPath === '/throws') throw new TypeError('secret detail');
  return kinds[event.rawPath];
`;

let api: RunningApi;

beforeAll(async () => {
  api = await startApi({
    ...functions({ echo, answers, lonely: echo }),
    ...httpApi({}, { StageVariables: { color: 'blue' } }),
    Dev: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId: { Ref: 'Api' }, StageName: 'dev' } },
    ...lambdaIntegration('echo'),
    ...lambdaIntegration('answers'),
    ...lambdaIntegration('lonely'),
    lonelyPermission: permission('lonely', '/*/*/elsewhere'),
    ...route('ANY /echo/{name}', 'echo'),
    ...route('POST /orders', 'echo'),
    ...route('GET /{kind}', 'answers'),
    ...route('GET /lonely', 'lonely'),
  });
});

afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
});

async function eventOf(path: string, init?: RequestInit): Promise<Record<string, object>> {
  const response = await api.fetch(path, init);
  return (await response.json()) as Record<string, object>;
}

describe('an HTTP API', () => {
  test('gives a function the event of payload format 2.0', async () => {
    const query = 'repeat=one&repeat=two&plus=a+b&encoded=a%2Bb&empty=';
    const event = await eventOf(`/echo/jo%20hn?${query}`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json', 'X-Custom': 'yes', cookie: 'a=1; b=2', 'user-agent': 'test' },
      body: '{"λ":1}',
    });
    expect(event).toEqual({
      version: '2.0',
      routeKey: 'ANY /echo/{name}',
      rawPath: '/echo/jo hn',
      rawQueryString: query,
      cookies: ['a=1', 'b=2'],
      headers: expect.objectContaining({
        'content-type': 'application/json',
        'x-custom': 'yes',
        'content-length': '8',
        'x-forwarded-proto': 'http',
        'x-amzn-trace-id': expect.stringMatching(/^Root=1-[\da-f]{8}-[\da-f]{24}$/),
      }),
      queryStringParameters: { repeat: 'one,two', plus: 'a b', encoded: 'a+b', empty: '' },
      requestContext: {
        accountId: '000000000000',
        apiId: expect.stringMatching(/^[a-z\d]{10}$/),
        domainName: expect.stringMatching(/^[a-z\d]{10}\.execute-api\.us-east-1\.localhost:\d+$/),
        domainPrefix: expect.stringMatching(/^[a-z\d]{10}$/),
        http: { method: 'PUT', path: '/echo/jo hn', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
        requestId: expect.stringMatching(/^.{15}=$/),
        routeKey: 'ANY /echo/{name}',
        stage: '$default',
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
      },
      pathParameters: { name: 'jo hn' },
      body: '{"λ":1}',
      isBase64Encoded: false,
      stageVariables: { color: 'blue' },
    });
    expect(Object.keys(event['headers'] ?? {})).not.toContain('cookie');
  });

  test.each([
    ['application/x-www-form-urlencoded', true],
    ['application/octet-stream', true],
    ['text/csv; charset=utf-8', false],
    ['application/xml', false],
  ])('gives the body of %s in Base64: %j', async (type, isBase64Encoded) => {
    const event = await eventOf('/orders', { method: 'POST', headers: { 'content-type': type }, body: 'a=1' });
    expect(event).toMatchObject({ isBase64Encoded, body: isBase64Encoded ? 'YT0x' : 'a=1' });
  });

  test('has the name of a stage in the path, and no variables where the stage has none', async () => {
    const event = await eventOf('/dev/echo/a');
    expect(event).toMatchObject({ rawPath: '/dev/echo/a', requestContext: { stage: 'dev' } });
    expect(event).not.toHaveProperty('stageVariables');
    expect(event).not.toHaveProperty('body');
  });

  test.each([
    ['/text', 200, 'application/json', 'hello'],
    ['/object', 200, 'application/json', '{"hello":"world"}'],
    ['/plain', 200, 'text/plain; charset=utf-8', 'plain'],
    ['/whole', 201, 'application/problem+json', '{}'],
    ['/malformed', 500, 'application/json', '{"message":"Internal Server Error"}'],
    ['/bad-header', 500, 'application/json', '{"message":"Internal Server Error"}'],
    ['/throws', 500, 'application/json', '{"message":"Internal Server Error"}'],
    ['/not/there', 404, 'application/json', '{"message":"Not Found"}'],
    ['/lonely', 500, 'application/json', '{"message":"Internal Server Error"}'],
  ])('answers GET %s with %d', async (path, status, type, body) => {
    const response = await api.fetch(path);
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      status,
      type,
      body,
    ]);
  });

  test('sends cookies one by one, other headers, and an id of the request', async () => {
    const { headers } = await api.fetch('/whole');
    expect(headers.getSetCookie()).toEqual(['a=1; Secure', 'b=2']);
    expect(headers.get('x-custom')).toBe('yes');
    expect(headers.get('apigw-requestid')).toMatch(/^.{15}=$/);
  });

  test('sends what a function answers in Base64 as bytes', async () => {
    const response = await api.fetch('/binary');
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 1, 2, 255]);
  });

  test('tells the person at the terminal why, and not the client', async () => {
    await api.fetch('/lonely');
    await api.fetch('/throws');
    const reasons = api.watch.ofType('http-request-served').map(({ path, status, reason }) => [path, status, reason]);
    expect(reasons).toContainEqual(['/lonely', 500, expect.stringContaining('Declare an AWS::Lambda::Permission')]);
    expect(reasons).toContainEqual(['/throws', 500, expect.stringContaining('TypeError: secret detail')]);
  });

  test('is served by its host name too, at the address of the outputs without one', async () => {
    const [, id = ''] = /\/([a-z\d]{10})$/.exec(api.url) ?? [];
    expect(api.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[a-z\d]{10}$/);
    const { port } = new URL(api.url);
    const host = `${id}.execute-api.us-east-1.localhost:${port}`;
    expect(await get(port, '/text', { host })).toEqual([200, 'hello']);
    const elsewhere = await get(port, '/text', { host: 'example.com' });
    expect(elsewhere[0]).toBe(403);
  });

  test('refuses bodies of more than 10 MB and heads of more than 10,240 bytes', async () => {
    const large = await api.fetch('/orders', { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1) });
    expect([large.status, await large.text()]).toEqual([413, '{"message":"Request Entity Too Large"}']);
    const head = await api.fetch('/text', { headers: { 'x-long': 'a'.repeat(10_240) } });
    expect(head.status).toBe(431);
  });

  test('gives any path, query and header a clear answer, and a function what was sent', async () => {
    const { port, pathname } = new URL(api.url);
    const text = fc.string({ unit: 'grapheme', maxLength: 12 }).map((each) => encodeURIComponent(each.toWellFormed()));
    const raw = fc.constantFrom('%', '%zz', '..', '//', '%00', 'a%2Fb', '+', '{x}', '$default', '__proto__');
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, raw), fc.oneof(text, raw), async (part, query) => {
        const path = `${pathname}/echo/${part}?__proto__=${query}&${query}`;
        const [status, body] = await get(port, path, { cookie: part, 'x-any': query });
        expect([200, 404]).toContain(status);
        const { rawQueryString } = JSON.parse(body) as { readonly rawQueryString?: string };
        expect(rawQueryString).toBe(status === 200 ? `__proto__=${query}&${query}` : undefined);
      }),
      { numRuns: 40 },
    );
    expect(api.watch.ofType('notice').filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('refuses pages of other sites, and serves those of this machine', async () => {
    const foreign = await api.fetch('/text', { headers: { origin: 'https://evil.example' } });
    expect(foreign.status).toBe(403);
    const own = await api.fetch('/text', {
      headers: { origin: 'http://localhost:3000', 'sec-fetch-site': 'cross-site' },
    });
    expect(own.status).toBe(200);
    const image = await api.fetch('/text', { headers: { 'sec-fetch-site': 'cross-site' } });
    expect(image.status).toBe(403);
  });
});

test('a reload takes on other routes, and ends the server with the last API', async () => {
  const lonely = { ...functions({ echo }), ...httpApi(), ...lambdaIntegration('echo'), ...route('$default', 'echo') };
  await using running = await startApi(lonely);
  expect(await (await running.fetch('/any/where')).json()).toMatchObject({ routeKey: '$default' });
  await running.reload({ ...functions({ echo }), Api: { Type: 'AWS::CloudFormation::WaitConditionHandle' } });
  await expect(running.fetch('/any/where')).rejects.toThrow('fetch failed');
  await running.reload(lonely);
  expect((await running.fetch('/any/where')).status).toBe(200);
});

function get(port: string, path: string, headers: Record<string, string>): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    httpRequest({ host: '127.0.0.1', port, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve([response.statusCode ?? 0, text]));
    })
      .on('error', reject)
      .end();
  });
}
