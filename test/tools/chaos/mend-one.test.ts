import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClock } from 'local-aws';
import { mendOne } from '../../../tools/chaos/actors.ts';
import { mend } from '../../../tools/orders/ledger/mend.ts';
import { captureConsole } from '../../lambdas/captured-console.ts';
import { order } from '../../lambdas/pipeline-functions.ts';
import { type LocalLedger, startLocalLedger } from '../orders/ledger/local-ledger.ts';

captureConsole();
let ledger: LocalLedger;
let waits = 0;
/** Nobody waits by it, but it counts who wants to. */
const clock = {
  ...systemClock,
  after(_delayMs: number, callback: () => void) {
    waits += 1;
    return systemClock.after(0, callback);
  },
};

beforeAll(async () => {
  ledger = await startLocalLedger();
});
afterAll(async () => {
  await ledger[Symbol.asyncDispose]();
});

test('an order is mended at the first try, and one that could not be is not said to be', async () => {
  await ledger.fail('m-1', order('mended', { customerAddress: undefined }));
  expect(await mendOne(ledger.table, clock)).toMatchObject({ failureId: 'm-1' });
  expect(waits).toBe(0);
  const failure = await ledger.failure('mended');
  expect(JSON.parse(failure.body)).toEqual(order('mended'));

  const { client } = ledger.table;
  const send: typeof client.send = async (command: unknown) => {
    if (command instanceof UpdateItemCommand)
      await mend(ledger.table, await ledger.failure('mended'), {
        body: '{"customerName":""}',
        by: 'ada',
        at: new Date().toISOString(),
      });
    return client.send(command as never) as never;
  };
  const overtaken = { ...ledger.table, client: Object.create(client, { send: { value: send } }) as typeof client };
  expect(await mendOne(overtaken, clock)).toBeUndefined();
});
