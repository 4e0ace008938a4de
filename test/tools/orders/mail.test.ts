import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EventStream, MailboxService, type Runtime, startRuntime } from 'local-aws';
import { writeAssembly } from 'local-aws/testing';
import { rmSync } from 'node:fs';
import { documentOf, orders } from './collected-io.ts';

const assembly = writeAssembly({ Empty: { template: { Resources: {} } } });
let runtime: Runtime;
let env: Record<string, string>;

beforeAll(async () => {
  runtime = await startRuntime({ assembly, events: new EventStream(), port: 0 });
  env = { AWS_ENDPOINT_URL: runtime.endpoint.url };
});
afterAll(async () => {
  await runtime[Symbol.asyncDispose]();
  rmSync(assembly, { recursive: true });
});

const run = (...args: string[]) => orders(['--local', 'mail', ...args], { env });

const mail = { from: 'Shop <orders@example.com>', source: 'ses', atMs: Date.UTC(2026, 10, 30, 12) };

test('orders mail lists the mails of this machine, and shows one by the first digits of its id', async () => {
  expect(await run()).toEqual({ exitCode: 0, stdout: 'No mails.\n', stderr: '' });

  const { mailbox } = runtime.service(MailboxService);
  const sent = { ...mail, subject: 'Your order A-1', text: 'It is\non its \u001b[31mway.' };
  const { id } = mailbox.deliver({ ...sent, to: ['ann@example.org'] });
  mailbox.deliver({ ...sent, to: ['bob@example.org'], fate: 'bounced', reason: '550 5.1.1 user unknown' });

  const { stdout } = await run();
  expect(stdout).toContain(`2 mails\n\nSENT (UTC)           MAIL      TO               SUBJECT\n`);
  expect(stdout).toContain(`2026-11-30 12:00:00  ${id.slice(0, 8)}  ann@example.org  Your order A-1\n`);
  expect(stdout).toContain('bob@example.org  Your order A-1 (bounced: 550 5.1.1 user unknown)\n');
  expect((await run('--to', 'ann@example.org')).stdout).toMatch(/^1 mail to ann@example.org\n/);
  expect((await run('--limit', '1')).stdout).toMatch(/^2 mails, the newest 1 of them:\n/);
  expect(documentOf(await run('--json'))).toMatchObject({ total: 2, dropped: 0, mails: [{ id }, {}] });

  const one = await run(id.slice(0, 8));
  expect(one.stdout).toBe(
    'From:    Shop <orders@example.com>\nTo:      ann@example.org\nSubject: Your order A-1\n' +
      'Sent:    2026-11-30 12:00:00 UTC, by ses\n\nIt is\non its \uFFFD[31mway.\n',
  );
  expect(documentOf(await run('--json', id))).toMatchObject({ id, text: sent.text });
  expect(await run('00000000')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('begins with') as unknown,
  });
});

test('orders mail without --local says who delivers mails, and where to look', async () => {
  const { exitCode, stdout, stderr } = await orders(['mail', '--region', 'eu-west-1']);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toMatch(/^On AWS, Amazon SES delivers mails .*Suppression list/s);
});

test('orders mail says so when nothing answers', async () => {
  const failed = await orders(['--local', 'mail'], { env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' } });
  expect(failed.exitCode).toBe(1);
  expect(failed.stderr).toBe('Nothing answers at http://127.0.0.1:9: start the pipeline with "npm run local".\n');
});
