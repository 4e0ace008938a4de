import { SESv2Client } from '@aws-sdk/client-sesv2';
import { EventStream, type RuntimeEvent } from '../../src/events.ts';
import { createAuthorizer } from '../../src/services/iam/authorizer.ts';
import type { PolicyStatement } from '../../src/services/iam/model.ts';
import { services } from '../../src/services/index.ts';
import { Mailbox } from '../../src/services/mailbox/mailbox.ts';
import { MailboxService } from '../../src/services/mailbox/service.ts';
import { SesService } from '../../src/services/ses/service.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { startServices } from '../endpoint/endpoint-harness.ts';

export const accountId = '000000000000';
export const roleArn = `arn:aws:iam::${accountId}:role/mailer`;
const region = 'eu-west-1';
export const identityArn = (name: string) => `arn:aws:ses:${region}:${accountId}:identity/${name}`;

const modelOf = (names: readonly string[]) => ({
  emailIdentities: names.map((name) => ({ stack: 'Shop', logicalId: name, name })),
});

/**
 * SES and the mailbox behind an endpoint. Credentials named `role` are those of the role `mailer` with the statements,
 * any others are the developer's.
 */
export async function startSes(identities: readonly string[], statements: readonly PolicyStatement[] = []) {
  const clock = new ManualClock();
  const stream = new EventStream();
  const events: RuntimeEvent[] = [];
  stream.subscribe((event) => events.push(event));
  const role = { stack: 'Shop', logicalId: 'Role', name: 'mailer', arn: roleArn, managedPolicyArns: [] };
  const authorizer = createAuthorizer({
    roles: [{ ...role, policies: [{ Statement: statements }] }],
    services,
    mode: 'enforce',
    events: stream,
    clock,
  });
  const mailbox = new Mailbox(stream);
  const service = new SesService(modelOf(identities), { clock, region, accountId, mailbox, authorizer });
  const { endpoint, clientOptions } = await startServices({
    events: stream,
    clock,
    restServices: [service.rest, new MailboxService(mailbox).rest],
    resolveCaller: (accessKeyId = '') =>
      accessKeyId === 'role' ? { accessKeyId, roleArn, sessionName: 'mail' } : { accessKeyId },
    authorize: authorizer,
  });
  const clientOf = (accessKeyId: string) =>
    new SESv2Client({ ...clientOptions, credentials: { accessKeyId, secretAccessKey: 'any' } });
  const [client, roleClient] = [clientOf('developer'), clientOf('role')];
  return {
    clock,
    events,
    endpoint,
    mailbox,
    client,
    /** In the name of the role. */
    roleClient,
    /** A local route, as a developer or in the name of the role. */
    get: (path: string, accessKeyId = 'developer') =>
      fetch(`${endpoint.url}${path}`, {
        headers: {
          authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/local/aws4_request`,
        },
      }),
    declare: (names: readonly string[]) => service.update(modelOf(names)),
    async [Symbol.asyncDispose]() {
      client.destroy();
      roleClient.destroy();
      await endpoint.close();
    },
  };
}
