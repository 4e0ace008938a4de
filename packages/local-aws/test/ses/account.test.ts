import {
  CreateEmailIdentityCommand,
  CreateEmailTemplateCommand,
  DeleteEmailIdentityCommand,
  DeleteSuppressedDestinationCommand,
  GetAccountCommand,
  GetEmailIdentityCommand,
  GetSuppressedDestinationCommand,
  ListEmailIdentitiesCommand,
  ListSuppressedDestinationsCommand,
  PutSuppressedDestinationCommand,
  SendEmailCommand,
} from '@aws-sdk/client-sesv2';
import { describe, expect, test } from '@jest/globals';
import { readResources, refusalOf } from '../../src/testing/written-assembly.ts';
import { identityArn, startSes } from './ses-harness.ts';

const mail = (to: string) =>
  new SendEmailCommand({
    FromEmailAddress: 'orders@example.com',
    Destination: { ToAddresses: [to] },
    Content: { Simple: { Subject: { Data: 'Hello' }, Body: { Text: { Data: 'text' } } } },
  });

describe('an identity', () => {
  test('of the template is verified, and is listed page by page', async () => {
    await using ses = await startSes(['example.com', 'ann@example.org', 'b.example']);
    expect(await ses.client.send(new GetEmailIdentityCommand({ EmailIdentity: 'example.com' }))).toMatchObject({
      IdentityType: 'DOMAIN',
      VerifiedForSendingStatus: true,
      VerificationStatus: 'SUCCESS',
    });
    const first = await ses.client.send(new ListEmailIdentitiesCommand({ PageSize: 2 }));
    const { NextToken } = first;
    const second = await ses.client.send(new ListEmailIdentitiesCommand({ PageSize: 2, NextToken }));
    expect([first, second].map((page) => page.EmailIdentities?.map(({ IdentityName: name }) => name))).toEqual([
      ['ann@example.org', 'b.example'],
      ['example.com'],
    ]);
    expect(second.NextToken).toBeUndefined();
  });

  test('that a client creates can send at once, exists once, and is gone after its deletion', async () => {
    await using ses = await startSes([]);
    const EmailIdentity = 'orders@example.com';
    await expect(ses.client.send(mail('ann@example.org'))).rejects.toMatchObject({ name: 'MessageRejected' });
    expect(await ses.client.send(new CreateEmailIdentityCommand({ EmailIdentity }))).toMatchObject({
      IdentityType: 'EMAIL_ADDRESS',
    });
    await ses.client.send(mail('ann@example.org'));
    const again = ses.client.send(new CreateEmailIdentityCommand({ EmailIdentity }));
    await expect(again).rejects.toMatchObject({ name: 'AlreadyExistsException' });
    ses.declare(['example.net']);
    await ses.client.send(new DeleteEmailIdentityCommand({ EmailIdentity }));
    const gone = ses.client.send(new GetEmailIdentityCommand({ EmailIdentity }));
    await expect(gone).rejects.toMatchObject({ name: 'NotFoundException', $metadata: { httpStatusCode: 404 } });
  });

  test('is read from a template, with the DNS entries that its attributes name', () => {
    const Domain = { Type: 'AWS::SES::EmailIdentity', Properties: { EmailIdentity: 'example.com' } };
    const Outputs = { Entry: { Value: { 'Fn::GetAtt': ['Domain', 'DkimDNSTokenName1'] } } };
    const model = readResources({ Domain }, { Outputs });
    expect(model.emailIdentities).toEqual([{ stack: 'Shop', logicalId: 'Domain', name: 'example.com' }]);
    expect(model.skipped).toEqual([]);
    const wrong = { Type: 'AWS::SES::EmailIdentity', Properties: { EmailIdentity: 'nothing' } };
    expect(refusalOf({ Domain: wrong }).code).toBe('PROPERTY_INVALID');
    expect(refusalOf({ Domain, Twin: Domain }).code).toBe('DUPLICATE_NAME');
    expect(refusalOf({ Set: { Type: 'AWS::SES::ConfigurationSet' } }).code).toBe('RESOURCE_UNSUPPORTED');
  });

  test('takes permission on its ARN', async () => {
    const Action = 'ses:GetEmailIdentity';
    const Resource = identityArn('example.com');
    await using ses = await startSes(['example.com', 'example.net'], [{ Effect: 'Allow', Action, Resource }]);
    await ses.roleClient.send(new GetEmailIdentityCommand({ EmailIdentity: 'example.com' }));
    for (const denied of [
      new GetEmailIdentityCommand({ EmailIdentity: 'example.net' }),
      new CreateEmailIdentityCommand({ EmailIdentity: 'example.org' }),
      new ListEmailIdentitiesCommand({}),
      new GetAccountCommand({}),
      new PutSuppressedDestinationCommand({ EmailAddress: 'a@example.org', Reason: 'BOUNCE' }),
    ]) {
      const answer = ses.roleClient.send(denied as GetAccountCommand);
      await expect(answer).rejects.toMatchObject({ name: 'AccessDeniedException' });
    }
  });
});

describe('the suppression list', () => {
  test('takes addresses, whose mails succeed and arrive nowhere until the address is off the list', async () => {
    await using ses = await startSes(['example.com']);
    const EmailAddress = 'Ann@example.org';
    await ses.client.send(new PutSuppressedDestinationCommand({ EmailAddress, Reason: 'COMPLAINT' }));
    expect(await ses.client.send(new GetSuppressedDestinationCommand({ EmailAddress }))).toMatchObject({
      SuppressedDestination: { EmailAddress, Reason: 'COMPLAINT', LastUpdateTime: new Date(ses.clock.now()) },
    });
    await ses.client.send(mail('ann@example.org'));
    const { SuppressedDestinationSummaries: listed } = await ses.client.send(new ListSuppressedDestinationsCommand({}));
    expect(listed).toHaveLength(1);
    const bounces = await ses.client.send(new ListSuppressedDestinationsCommand({ Reasons: ['BOUNCE'] }));
    expect(bounces.SuppressedDestinationSummaries).toEqual([]);
    await ses.client.send(new DeleteSuppressedDestinationCommand({ EmailAddress }));
    await ses.client.send(mail('ann@example.org'));
    expect(ses.mailbox.mails().map(({ fate }) => fate)).toEqual(['suppressed', 'delivered']);
    for (const Command of [GetSuppressedDestinationCommand, DeleteSuppressedDestinationCommand]) {
      const answer = ses.client.send(new Command({ EmailAddress }) as GetSuppressedDestinationCommand);
      await expect(answer).rejects.toMatchObject({ name: 'NotFoundException' });
    }
  });
});

describe('the account', () => {
  test('is out of the sandbox, and counts what was sent in the last 24 hours', async () => {
    await using ses = await startSes(['example.com']);
    await ses.client.send(mail('ann@example.org'));
    await ses.clock.advance(23 * 3_600_000);
    await ses.client.send(mail('bob@example.org'));
    await ses.clock.advance(2 * 3_600_000);
    expect(await ses.client.send(new GetAccountCommand({}))).toMatchObject({
      ProductionAccessEnabled: true,
      SendQuota: { SentLast24Hours: 1 },
    });
  });

  test('has no templates: the operation is refused by its name', async () => {
    await using ses = await startSes([]);
    const answer = ses.client.send(new CreateEmailTemplateCommand({ TemplateName: 't', TemplateContent: {} }));
    await expect(answer).rejects.toMatchObject({ message: expect.stringContaining('CreateEmailTemplate') as unknown });
  });
});
