import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EventStream } from '../../src/events.ts';
import { Mailbox } from '../../src/services/mailbox/mailbox.ts';
import { startSes } from '../ses/ses-harness.ts';

const mail = {
  from: 'shop@example.com',
  to: ['ann@example.org'],
  subject: 'Hello',
  text: 'text',
  atMs: 7,
  source: 'ses',
};

const sum = (mails: readonly { readonly text: string }[]) => mails.reduce((total, { text }) => total + text.length, 0);

describe('the mailbox', () => {
  test('keeps the newest mails within its limits, always the last one, and counts those that went', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 40 });
    const limits = fc.record({ mails: fc.integer({ min: 1, max: 10 }), characters: fc.integer({ min: 1, max: 500 }) });
    fc.assert(
      fc.property(sizes, limits, (lengths, limit) => {
        const box = new Mailbox(new EventStream(), limit);
        const all = lengths.map((length) =>
          box.deliver({ ...mail, to: [], from: '', subject: '', text: 'x'.repeat(length) }),
        );
        const kept = box.mails();
        expect(kept).toEqual(all.slice(all.length - kept.length));
        expect(box.dropped).toBe(all.length - kept.length);
        expect(kept.length).toBeLessThanOrEqual(limit.mails);
        const characters = sum(kept);
        const oneMore = all.slice(Math.max(0, all.length - kept.length - 1));
        expect(kept.length > 0 || all.length === 0).toBe(true);
        expect(characters <= limit.characters || kept.length === 1).toBe(true);
        // No mail went without need.
        const isFull = kept.length === limit.mails || sum(oneMore) > limit.characters;
        expect(isFull || kept.length === all.length).toBe(true);
      }),
    );
  });

  test('tells each mail on the event stream', () => {
    const events: unknown[] = [];
    const stream = new EventStream();
    stream.subscribe((event) => events.push(event));
    const { id } = new Mailbox(stream).deliver({ ...mail, fate: 'bounced', reason: 'unknown' });
    const { text: _text, ...told } = mail;
    expect(events).toEqual([{ type: 'mail-delivered', id, ...told, fate: 'bounced' }]);
  });
});

describe('the local routes', () => {
  test('list the newest mails without their texts, and show one with them', async () => {
    await using ses = await startSes([]);
    for (const to of ['ann@example.org', 'bob@example.org', 'ann@example.org']) {
      ses.mailbox.deliver({ ...mail, to: [to], html: '<b>text</b>' });
    }
    const all = (await (await ses.get('/_local/mails?limit=2')).json()) as { mails: { id: string }[] };
    expect(all).toEqual({
      total: 3,
      dropped: 0,
      mails: [
        expect.objectContaining({ to: ['bob@example.org'] }),
        expect.objectContaining({ to: ['ann@example.org'] }),
      ],
    });
    expect(all.mails[0]).not.toHaveProperty('text');
    const anns = await (await ses.get('/_local/mails?to=ann%40example.org')).json();
    expect(anns).toMatchObject({ total: 2 });
    const one = await (await ses.get(`/_local/mails/${all.mails[0]?.id}`)).json();
    expect(one).toMatchObject({ at: new Date(7).toISOString(), subject: 'Hello', text: 'text', html: '<b>text</b>' });
    expect((await ses.get('/_local/mails/none')).status).toBe(404);
    expect((await ses.get('/_local/mails?limit=0')).status).toBe(400);
  });

  test('are closed to web pages, to requests without credentials and to the roles of functions', async () => {
    await using ses = await startSes([]);
    const { url } = ses.endpoint;
    expect((await fetch(`${url}/_local/mails`)).status).toBe(403);
    expect((await fetch(`${url}/_local/mails`, { headers: { origin: 'https://elsewhere.example' } })).status).toBe(403);
    const answer = await ses.get('/_local/mails', 'role');
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ message: expect.stringContaining('may not read mails') as unknown });
  });
});
