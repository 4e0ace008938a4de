import { SendEmailCommand, type SendEmailCommandInput } from '@aws-sdk/client-sesv2';
import { describe, expect, test } from '@jest/globals';
import type { PolicyStatement } from '../../src/services/iam/model.ts';
import { identityArn, startSes } from './ses-harness.ts';

const mailTo = (to: readonly string[], changes: Partial<SendEmailCommandInput> = {}) =>
  new SendEmailCommand({
    FromEmailAddress: 'Shop <orders@example.com>',
    Destination: { ToAddresses: [...to] },
    Content: { Simple: { Subject: { Data: 'Your order' }, Body: { Text: { Data: 'It is on its way.' } } } },
    ...changes,
  });

const allow = (changes: Partial<PolicyStatement> = {}): PolicyStatement => ({
  Effect: 'Allow',
  Action: 'ses:SendEmail',
  Resource: identityArn('example.com'),
  ...changes,
});

const raw = (...lines: string[]) => ({ Raw: { Data: Buffer.from(lines.join('\r\n')) } });

describe('a simple mail', () => {
  test('goes to the mailbox, is told, and has a message id in the form of AWS', async () => {
    await using ses = await startSes(['example.com']);
    const html = { Text: { Data: 'plain' }, Html: { Data: '<b>rich</b>' } };
    const { MessageId: id } = await ses.client.send(
      mailTo(['Ann <ann@example.org>'], { Content: { Simple: { Subject: { Data: 'Ünï' }, Body: html } } }),
    );
    expect(id).toMatch(/^[0-9a-f]{16}(-[0-9a-f]{4,12}){5}-0{6}$/);
    expect(ses.mailbox.mails()).toMatchObject([
      {
        from: 'Shop <orders@example.com>',
        to: ['ann@example.org'],
        subject: 'Ünï',
        text: 'plain',
        html: '<b>rich</b>',
        source: 'ses',
        fate: 'delivered',
        atMs: ses.clock.now(),
      },
    ]);
    expect(ses.events).toMatchObject([{ type: 'mail-delivered', to: ['ann@example.org'], source: 'ses' }]);
  });

  test('reaches To, Cc and Bcc, and takes at most 50 addresses', async () => {
    await using ses = await startSes(['example.com']);
    const Destination = { ToAddresses: ['a@x.org'], CcAddresses: ['b@x.org'], BccAddresses: ['c@x.org'] };
    await ses.client.send(mailTo([], { Destination }));
    expect(ses.mailbox.mails()[0]?.to).toEqual(['a@x.org', 'b@x.org', 'c@x.org']);
    const many = Array.from({ length: 51 }, (_, index) => `user${index}@x.org`);
    await expect(ses.client.send(mailTo(many))).rejects.toMatchObject({ name: 'BadRequestException' });
    await ses.client.send(mailTo(many.slice(1)));
    expect(ses.mailbox.mails()).toHaveLength(2);
  });

  test.each([
    ['', 'Illegal address'],
    ['ann', "Missing final '@domain'"],
    ['ann@', "Missing final '@domain'"],
    ['ann@exa_mple.org', 'Domain contains illegal character'],
    ['änn@example.org', 'Illegal address'],
    ['a@x.org, b@x.org', 'Illegal address'],
  ])('to %j is refused: %s', async (address, message) => {
    await using ses = await startSes(['example.com']);
    const sent = ses.client.send(mailTo([address]));
    await expect(sent).rejects.toMatchObject({ name: 'BadRequestException', message });
    expect(ses.mailbox.mails()).toEqual([]);
  });

  test.each<[Partial<SendEmailCommandInput>, string]>([
    [{ Destination: {} }, 'Destination cannot be empty'],
    [{ FromEmailAddress: undefined }, "Missing required header 'From'."],
    [{ Content: {} }, 'Content must have a single content type.'],
    [
      { Content: { ...raw('From: a@example.com', '', 'x'), Template: { TemplateName: 't' } } },
      'Content must have a single content type.',
    ],
  ])('with %j is refused: %s', async (changes, message) => {
    await using ses = await startSes(['example.com']);
    const sent = ses.client.send(mailTo(['ann@example.org'], changes));
    await expect(sent).rejects.toMatchObject({ name: 'BadRequestException', message });
  });

  test('by a configuration set that is not there is refused, and what is not here is refused by name', async () => {
    await using ses = await startSes(['example.com']);
    const withSet = ses.client.send(mailTo(['a@x.org'], { ConfigurationSetName: 'all' }));
    await expect(withSet).rejects.toMatchObject({ name: 'NotFoundException' });
    const Content = { Template: { TemplateName: 'welcome', TemplateData: '{}' } };
    const byTemplate = ses.client.send(mailTo(['a@x.org'], { Content }));
    await expect(byTemplate).rejects.toMatchObject({
      message: expect.stringContaining('SendEmail with a Template') as unknown,
      $metadata: { httpStatusCode: 501 },
    });
  });
});

describe('the sender', () => {
  test('that is not verified is rejected, and the rejection names the address and the region', async () => {
    await using ses = await startSes(['orders@example.com']);
    await ses.client.send(mailTo(['ann@example.org']));
    const sent = ses.client.send(mailTo(['ann@example.org'], { FromEmailAddress: 'Shop <Orders@example.com>' }));
    await expect(sent).rejects.toMatchObject({
      name: 'MessageRejected',
      message:
        'Email address is not verified. The following identities failed the check in region EU-WEST-1: Orders@example.com',
      $metadata: { httpStatusCode: 400 },
    });
    expect(ses.mailbox.mails()).toHaveLength(1);
  });

  test('is verified by its domain, whatever the letters of the domain, and by the domain above', async () => {
    await using ses = await startSes(['Example.com']);
    for (const from of ['anyone@example.com', 'anyone@EXAMPLE.com', 'anyone@mail.example.com']) {
      await ses.client.send(mailTo(['ann@example.org'], { FromEmailAddress: from }));
    }
    const sent = ses.client.send(mailTo(['ann@example.org'], { FromEmailAddress: 'anyone@anexample.com' }));
    await expect(sent).rejects.toMatchObject({ name: 'MessageRejected' });
  });

  test('of the template is no longer verified once the template has lost the identity', async () => {
    await using ses = await startSes(['example.com']);
    ses.declare([]);
    await expect(ses.client.send(mailTo(['ann@example.org']))).rejects.toMatchObject({ name: 'MessageRejected' });
  });
});

describe('a raw mail', () => {
  const lines = [
    'From: =?UTF-8?Q?Sh=C3=B6p?= <orders@example.com>',
    'To: Ann <ann@example.org>',
    'Cc: "Doe, Bob" <bob@example.org>',
    'Subject: =?UTF-8?B?w5xuw68=?=',
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    'gr=C3=BCn',
    '--b',
    'Content-Type: text/html; charset=utf-8',
    '',
    '<b>rich</b>',
    '--b--',
  ];

  test('has sender, recipients, subject and texts of its headers and parts', async () => {
    await using ses = await startSes(['example.com']);
    await ses.client.send(new SendEmailCommand({ Content: raw(...lines) }));
    const [mail] = ses.mailbox.mails();
    expect(mail).toMatchObject({
      from: '"Shöp" <orders@example.com>',
      to: ['ann@example.org', 'bob@example.org'],
      subject: 'Ünï',
    });
    expect(mail?.text.trim()).toBe('grün');
    expect(mail?.html?.trim()).toBe('<b>rich</b>');
  });

  test('goes where the request says, if the request says it', async () => {
    await using ses = await startSes(['example.com']);
    await ses.client.send(mailTo(['eve@example.org'], { Content: raw(...lines) }));
    expect(ses.mailbox.mails()).toMatchObject([{ from: 'Shop <orders@example.com>', to: ['eve@example.org'] }]);
  });
});

describe('the mailbox simulator', () => {
  test.each([
    ['success@simulator.amazonses.com', 'delivered'],
    ['bounce@simulator.amazonses.com', 'bounced'],
    ['bounce+order-7@simulator.amazonses.com', 'bounced'],
    ['complaint@simulator.amazonses.com', 'complained'],
    ['suppressionlist@simulator.amazonses.com', 'suppressed'],
    ['bounce@example.org', 'delivered'],
  ])('accepts a mail to %s, which is %s then', async (address, fate) => {
    await using ses = await startSes(['example.com']);
    await ses.client.send(mailTo([address]));
    await ses.client.send(mailTo([address]));
    expect(ses.mailbox.mails().map((mail) => mail.fate)).toEqual([fate, fate]);
  });

  test('has a fate for each recipient of a mail', async () => {
    await using ses = await startSes(['example.com']);
    await ses.client.send(mailTo(['ann@example.org', 'bounce@simulator.amazonses.com', 'bob@example.org']));
    expect(ses.mailbox.mails()).toMatchObject([
      { to: ['ann@example.org', 'bob@example.org'], fate: 'delivered' },
      {
        to: ['bounce@simulator.amazonses.com'],
        fate: 'bounced',
        reason: expect.stringContaining('550 5.1.1') as unknown,
      },
    ]);
  });
});

describe('a role', () => {
  test('may send by the identity that its policy names, and is denied in the words of SES otherwise', async () => {
    await using ses = await startSes(['example.com', 'example.net'], [allow()]);
    await ses.roleClient.send(mailTo(['ann@example.org']));
    const sent = ses.roleClient.send(mailTo(['ann@example.org'], { FromEmailAddress: 'a@example.net' }));
    await expect(sent).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message:
        "User `arn:aws:sts::000000000000:assumed-role/mailer/mail' is not authorized to perform `ses:SendEmail' on " +
        `resource \`${identityArn('example.net')}'`,
      $metadata: { httpStatusCode: 403 },
    });
  });

  test('needs ses:SendRawEmail for a raw mail', async () => {
    await using ses = await startSes(['example.com'], [allow()]);
    const Content = raw('Subject: x', '', 'text');
    const sent = ses.roleClient.send(mailTo(['ann@example.org'], { Content }));
    await expect(sent).rejects.toMatchObject({ message: expect.stringContaining('ses:SendRawEmail') as unknown });
  });

  test('is held to the sender and to all recipients of its conditions', async () => {
    const Condition = {
      StringEquals: { 'ses:FromAddress': 'orders@example.com' },
      'ForAllValues:StringLike': { 'ses:Recipients': ['*@example.org', '*@example.net'] },
    };
    await using ses = await startSes(['example.com'], [allow({ Condition })]);
    const isAllowed = (to: readonly string[], from = 'Shop <orders@example.com>') =>
      ses.roleClient.send(mailTo(to, { FromEmailAddress: from })).then(
        () => true,
        () => false,
      );
    expect(await isAllowed(['ann@example.org', 'bob@example.net'])).toBe(true);
    expect(await isAllowed(['ann@example.org', 'eve@elsewhere.org'])).toBe(false);
    expect(await isAllowed(['ann@example.org'], 'other@example.com')).toBe(false);
  });

  test('is denied when a policy denies any of the recipients', async () => {
    const Condition = { 'ForAnyValue:StringEquals': { 'ses:Recipients': ['eve@example.org'] } };
    await using ses = await startSes(['example.com'], [allow(), allow({ Effect: 'Deny', Condition })]);
    await ses.roleClient.send(mailTo(['ann@example.org']));
    await expect(ses.roleClient.send(mailTo(['ann@example.org', 'eve@example.org']))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });
});
