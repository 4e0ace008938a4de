import type { Draft } from './draft.ts';
import { stackEnvironment } from './environment.ts';
import { assemblyError } from './error-codes.ts';
import { Properties } from './properties.ts';
import type { ResourceTypes } from './resource-type.ts';

const queueType = 'AWS::SQS::Queue';

/** A queue that the account has, though no stack of the app makes it. */
interface ImportedQueue {
  readonly name: string;
  /** Undefined when the queue was given by its name: it is in the account and region of the stacks. */
  readonly region: string | undefined;
  readonly accountId: string | undefined;
  /** As the properties of `AWS::SQS::Queue` are named. */
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Reads a name or an ARN, with attributes behind commas: `jobs,VisibilityTimeout=180`.
 *
 * @throws {LocalRuntimeError} `PROPERTY_INVALID` for what is no attribute
 */
export function readImportedQueue(text: string): ImportedQueue {
  const [queue = '', ...pairs] = text.split(',');
  const [region, accountId, name = queue] = queue.startsWith('arn:') ? queue.split(':').slice(3) : [];
  const attributes = pairs.map((pair) => {
    const [key = '', value] = pair.split('=');
    if (value !== undefined) return [key, value] as const;
    throw assemblyError('PROPERTY_INVALID', `${pair} is no attribute of the queue ${name}.`, 'Write NAME=VALUE.');
  });
  return { name, region, accountId, attributes: Object.fromEntries(attributes) };
}

/** The account and region of the queues that were given by their ARNs. */
export function environmentOf(queues: readonly ImportedQueue[]): { region?: string; accountId?: string } {
  const arn = queues.find(({ accountId }) => accountId !== undefined);
  return arn === undefined ? {} : { region: arn.region ?? '', accountId: arn.accountId ?? '' };
}

/** Adds the queues to the draft, with SQS's defaults for what their attributes do not say. */
export function declareImportedQueues(
  queues: readonly ImportedQueue[],
  {
    account,
    urls,
    draft,
    types,
  }: {
    readonly account: { readonly region: string; readonly accountId: string };
    readonly urls: { readonly endpointUrl: string; readonly apiUrl: string };
    readonly draft: Draft;
    readonly types: ResourceTypes;
  },
): void {
  for (const { name, region = account.region, accountId = account.accountId, attributes } of queues) {
    const place = { stack: 'imported', logicalId: name };
    if (region !== account.region || accountId !== account.accountId) {
      throw assemblyError(
        'SEVERAL_ENVIRONMENTS',
        `The queue is in ${accountId} ${region}, and the stacks are in ${account.accountId} ${account.region}.`,
        'Give a queue of the account and region of the stacks.',
        place,
      );
    }
    const fifo = name.endsWith('.fifo') ? { FifoQueue: true } : {};
    const properties = new Properties({ QueueName: name, ...fifo, ...attributes }, place, (value) => value);
    const environment = stackEnvironment('imported', account, urls);
    const type = types[queueType];
    properties.refuseUnknown(type?.reads ?? []);
    const resource = {
      ...place,
      type: queueType,
      environment,
      properties,
      assets: new Map(),
      images: new Map(),
      codeRoot: '',
    };
    type?.declare(resource, type.identify(resource), draft);
  }
}
