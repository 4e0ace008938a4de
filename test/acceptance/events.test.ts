import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exampleOrder, exampleUserX } from '../../shared/order/example-order.ts';
import { readOrderEvent } from '../../shared/order-event.ts';
import { Assemblies, running } from './running-assembly.ts';

const assemblies = new Assemblies();
const options = { preset: 'production', events: 'true', notifyEmail: 'shop@example.com' };
let assembly: string;
beforeAll(async () => {
  assembly = await assemblies.whole(options);
});
afterAll(() => assemblies.dispose());

type Pipeline = Awaited<ReturnType<typeof running>>;
const told = (pipeline: Pipeline) => pipeline.published().map((body) => readOrderEvent(body)!);

describe('the pipeline with events', () => {
  test('tells of each order by the permissions that it has, mails failures, and tells nothing of a customer', async () => {
    await using pipeline = await running(assembly, 'enforce');
    await pipeline.send({ MessageBody: JSON.stringify(exampleOrder(1, 'good-1')) });
    await pipeline.send({ MessageBody: JSON.stringify(exampleUserX(2, 'bad-1')) });
    await pipeline.until(() => pipeline.deleted() >= 2 && pipeline.mails().length > 0);
    const events = new Map(told(pipeline).map((event) => [event.id, event]));
    expect([...events.values()].toSorted((a, b) => (a.type < b.type ? -1 : 1))).toMatchObject([
      { type: 'order.failed', orderId: 'bad-1', kind: 'invalid', reasons: ['/customerAddress is required'] },
      { type: 'order.processed', orderId: 'good-1' },
    ]);
    const [mail] = pipeline.mails();
    expect(mail).toMatchObject({ to: ['shop@example.com'], subject: 'Failed (invalid): order bad-1', source: 'sns' });
    expect(pipeline.mails().every(({ text }) => text.includes('order.failed'))).toBe(true);
    expect(pipeline.published().join()).not.toMatch(/User|Street/);
  });

  test('keeps the message of an order that it may not tell of, and leaves the order processed', async () => {
    const mute = assemblies.changed(assembly, (actions) => actions.filter((action) => action !== 'sns:Publish'));
    await using pipeline = await running(mute, 'enforce');
    await pipeline.send({ MessageBody: JSON.stringify(exampleOrder(1, 'good-2')) });
    await pipeline.until(() => pipeline.logged('Event Not Published') > 0 && pipeline.logged('Tries Scheduled') > 0);
    expect(pipeline.logLines().find((line) => line.includes('Event Not Published'))).toContain('AuthorizationError');
    expect({ goodOrders: pipeline.logged('Good Order'), told: told(pipeline), deleted: pipeline.deleted() }).toEqual({
      goodOrders: 1,
      told: [],
      deleted: 0,
    });
  });
});
