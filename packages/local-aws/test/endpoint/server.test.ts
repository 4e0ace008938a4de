import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { signed, startBareEndpoint, startTestEndpoint, testBackend } from './endpoint-harness.ts';

let endpoint: Awaited<ReturnType<typeof startTestEndpoint>>;

beforeEach(async () => {
  endpoint = await startTestEndpoint();
});

afterEach(() => endpoint.close());

describe('the endpoint', () => {
  test('answers 503 until services stand behind it', async () => {
    const early = await startBareEndpoint();
    const response = await fetch(early.url, { headers: { authorization: signed } });
    expect(response.status).toBe(503);
    early.serve(testBackend().backend);
    expect((await fetch(`${early.url}/2015-03-31/functions`, { headers: { authorization: signed } })).status).toBe(200);
    await early.close();
  });

  test('takes the next free port when asked to, and says so when not', async () => {
    const next = await startBareEndpoint({ port: endpoint.port, nextFreePort: true });
    expect(next.port).toBeGreaterThan(endpoint.port);
    await next.close();
    await expect(startBareEndpoint({ port: endpoint.port })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: expect.stringContaining(String(endpoint.port)),
    });
  });

  test('aborts the call when its client goes away', async () => {
    const controller = new AbortController();
    const aborted = new Promise<void>((resolve) => {
      endpoint.seen.onHang = ({ signal }) => {
        signal.addEventListener('abort', () => resolve());
        controller.abort();
      };
    });
    const request = fetch(endpoint.url, {
      method: 'POST',
      headers: { 'x-amz-target': 'Logs_20140328.Hang', authorization: signed },
      body: '{}',
      signal: controller.signal,
    });
    await expect(request).rejects.toMatchObject({ name: 'AbortError' });
    await aborted;
  });

  test('closes with calls still open, and leaves the port free', async () => {
    const { port } = endpoint;
    const hanging = new Promise<void>((resolve) => {
      endpoint.seen.onHang = () => resolve();
    });
    const outcome = endpoint.post('Logs_20140328.Hang', '{}').catch((error: unknown) => error);
    await hanging;
    await endpoint.close();
    expect(await outcome).toMatchObject({ message: 'fetch failed' });
    const again = await startBareEndpoint({ port });
    expect(again.port).toBe(port);
    await again.close();
  });
});
