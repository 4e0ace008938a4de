import { expect, test } from '@jest/globals';
import { systemClock } from 'local-aws';
import { patienceMs } from 'local-aws/testing';
import { isRefused, LabelService } from '../../../tools/trial/label-service.ts';

const keys = Array.from({ length: 100 }, (_, index) => index.toString(16).padStart(4, '0'));
const good = keys.find((key) => !isRefused(key))!;

async function ask(
  service: LabelService,
  key: string,
  body = '{}',
  signal = AbortSignal.timeout(patienceMs),
): Promise<number | string> {
  try {
    const headers = { 'idempotency-key': key };
    return (await fetch(service.url, { method: 'POST', headers, body, signal })).status;
  } catch (error) {
    return (error as Error).name;
  }
}

test('makes one label for a key, however often it is asked, and none for an order that it refuses', async () => {
  await using service = await LabelService.start(() => 0.5, systemClock);
  expect([await ask(service, good), await ask(service, good)]).toEqual([201, 201]);
  expect(service.labels.get(good)).toMatchObject({ requests: 2, made: 1 });
  expect(await ask(service, good, '[]')).toBe(409);
  expect(service.mismatches).toEqual([good]);
  const refused = keys.find(isRefused)!;
  expect(await ask(service, refused)).toBe(422);
  expect(service.labels.has(refused)).toBe(false);
});

test('fails, hangs, drops connections and is down, and works again when told to', async () => {
  let draws = 0;
  let client = new AbortController();
  // Every request meets a fault, and the kinds come one after the other.
  const random = () => {
    draws += 1;
    if (draws % 2 === 1) return 0;
    const kind = (draws / 2 - 1) % 8;
    // The client of a request that hangs goes as soon as the service has dealt with the request.
    if (kind === 3 || kind === 4) setImmediate(() => client.abort());
    return kind / 8;
  };
  await using service = await LabelService.start(random, { ...systemClock, now: () => 0 });
  const answers: (number | string)[] = [];
  for (const key of keys.filter((each) => !isRefused(each)).slice(0, 7)) {
    client = new AbortController();
    answers.push(await ask(service, key, '{}', client.signal));
  }
  expect(answers).toEqual([500, 500, 'TypeError', 'AbortError', 'AbortError', 201, 'TypeError']);
  expect(service.labels.size).toBeLessThan(7);
  service.stopFaults();
  expect(await ask(service, good)).toBe(201);
  await service.quiet();
  expect([...service.labels.values()].every(({ made }) => made === 1)).toBe(true);
});
