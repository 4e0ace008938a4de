import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SendMessageCommand, type SendMessageCommandInput, SQSClient } from '@aws-sdk/client-sqs';
import { EventStream, type IamMode, MailboxService, type RuntimeEvent, startRuntime } from 'local-aws';
import { pipelineNames } from '../../tools/run/local-pipeline.ts';
import { copyAssembly } from '../synthesized.ts';

/** A statement of a function's role, as a template holds it. */
export interface TemplateStatement {
  Action: string | string[];
  readonly Resource: unknown;
}

interface Policy {
  readonly Type: string;
  readonly Properties: { PolicyDocument: { Statement: TemplateStatement[] } };
}

/** The project's own assemblies on disk, which `dispose` removes. */
export class Assemblies {
  readonly #folder = mkdtempSync(join(tmpdir(), 'assemblies-'));
  #count = 0;

  /** @param context as `cdk synth -c` takes it */
  async whole(context: Readonly<Record<string, string>>): Promise<string> {
    const outputDirectory = this.#next();
    await copyAssembly(outputDirectory, context);
    return outputDirectory;
  }

  /**
   * A copy with other permissions of the functions' roles.
   *
   * @param change answers what is left of a statement's actions; called with the logical id of its policy
   */
  changed(assembly: string, change: (actions: readonly string[], policyId: string) => readonly string[]): string {
    return this.#edited(assembly, (text) => {
      const template = JSON.parse(text) as { Resources: Record<string, Policy> };
      const policies = Object.entries(template.Resources).filter(([, { Type }]) => Type === 'AWS::IAM::Policy');
      for (const [id, { Properties }] of policies) {
        const { PolicyDocument } = Properties;
        for (const statement of PolicyDocument.Statement) {
          statement.Action = [...change([statement.Action].flat(), id)];
        }
        PolicyDocument.Statement = PolicyDocument.Statement.filter(({ Action }) => Action.length > 0);
      }
      return JSON.stringify(template, undefined, 1);
    });
  }

  /** A copy whose functions log customers' names. */
  loggingNames(assembly: string): string {
    return this.#edited(assembly, (text) =>
      text.replaceAll('"LOG_CUSTOMER_NAMES": "false"', '"LOG_CUSTOMER_NAMES": "true"'),
    );
  }

  #edited(assembly: string, edit: (template: string) => string): string {
    const copy = this.#next();
    cpSync(assembly, copy, { recursive: true });
    const file = join(copy, 'OrderPipeline.template.json');
    const text = readFileSync(file, 'utf8');
    const edited = edit(text);
    if (edited === text) throw new Error('Nothing was changed in the template.');
    writeFileSync(file, edited);
    return copy;
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #next(): string {
    this.#count += 1;
    return join(this.#folder, String(this.#count));
  }
}

/** An assembly, running, and what a developer does with it. */
export async function running(assembly: string, iam: IamMode) {
  const events = new EventStream();
  const emitted: RuntimeEvent[] = [];
  events.subscribe((event) => emitted.push(event));
  const runtime = await startRuntime({ assembly, events, port: 0, iam });
  const client = {
    endpoint: runtime.endpoint.url,
    region: runtime.model.region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const lambda = new LambdaClient(client);
  const sqs = new SQSClient(client);
  const { ordersQueue, generateOrders } = pipelineNames(runtime.model);
  const ordersUrl = `${runtime.endpoint.url}/${runtime.model.accountId}/${ordersQueue}`;
  const logLines = () => emitted.flatMap((event) => (event.type === 'log' ? [event.message] : []));
  return {
    client,
    model: runtime.model,
    sqs,
    ordersUrl,
    ordersArn: runtime.model.queues.find(({ name }) => name === ordersQueue)?.arn ?? '',
    /** What the producer answers, and the end of its log. */
    async produce(event: unknown = { count: 3 }): Promise<string> {
      const request = { FunctionName: generateOrders, Payload: JSON.stringify(event), LogType: 'Tail' } as const;
      const { Payload, LogResult = '' } = await lambda.send(new InvokeCommand(request));
      return `${Payload?.transformToString()}\n${Buffer.from(LogResult, 'base64').toString()}`;
    },
    send: (message: Omit<SendMessageCommandInput, 'QueueUrl'>) =>
      sqs.send(new SendMessageCommand({ QueueUrl: ordersUrl, ...message })),
    /** Settles when the condition holds, which is asked after each event. */
    async until(condition: () => boolean): Promise<void> {
      while (!condition()) await new Promise<void>((resolve) => events.subscribe(() => resolve()));
    },
    /** How many messages mappings have deleted. */
    deleted: () => emitted.flatMap((event) => (event.type === 'batch-ended' ? event.deleted : [])).length,
    sent: () => emitted.flatMap((event) => (event.type === 'messages-sent' ? event.messages : [])).length,
    /** What topics took, as text. */
    published: () =>
      emitted.flatMap((event) => (event.type === 'messages-published' ? event.messages.map(({ body }) => body) : [])),
    mails: () => runtime.service(MailboxService).mailbox.mails(),
    notices: () => emitted.flatMap((event) => (event.type === 'notice' ? [event.message] : [])),
    logLines,
    /** How many log lines hold a text. */
    logged: (text: string) => logLines().filter((line) => line.includes(text)).length,
    async [Symbol.asyncDispose]() {
      lambda.destroy();
      sqs.destroy();
      await runtime[Symbol.asyncDispose]();
    },
  };
}
