import { rmSync } from 'node:fs';
import { EventStream, MailboxService, startRuntime } from 'local-aws';
import { writeAssembly } from 'local-aws/testing';
import { createSesClient, sesSendMail } from '../../../lambdas/notify-customers/send-mail.ts';

/** The address that is verified. */
export const mailFrom = 'orders@example.com';

/** SES on this machine, with one verified address, and the function's own client for it. */
export async function startMail() {
  const identity = { Type: 'AWS::SES::EmailIdentity', Properties: { EmailIdentity: mailFrom } };
  const assembly = writeAssembly({ Mail: { template: { Resources: { Identity: identity } } } });
  const runtime = await startRuntime({ assembly, events: new EventStream(), port: 0 });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = createSesClient({ endpoint: runtime.endpoint.url, region: 'us-east-1', credentials });
  return {
    sendMail: sesSendMail(mailFrom, client),
    sendMailFrom: (address: string) => sesSendMail(address, client),
    mails: () => runtime.service(MailboxService).mailbox.mails(),
    async [Symbol.asyncDispose]() {
      client.destroy();
      await runtime[Symbol.asyncDispose]();
      rmSync(assembly, { recursive: true });
    },
  };
}
