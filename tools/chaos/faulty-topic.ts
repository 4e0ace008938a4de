import type { Random, RpcService } from 'local-aws';

/** What happens to a request: the connection goes before or after SNS does its work, or SNS refuses some entries. */
const faults = ['drops before', 'drops after', 'refuses some'] as const;

/** One request in so many is struck. */
const span = 6;

export interface FaultyTopic {
  /** The same service, with faults until `stop`. */
  readonly service: (service: RpcService) => RpcService;
  /** Requests that were struck. */
  readonly struck: () => number;
  readonly stop: () => void;
}

/** SNS that fails at some requests to publish. What it answers then is what functions see when SNS has a bad minute. */
export function faultyTopic(random: Random): FaultyTopic {
  let struck = 0;
  let isOn = true;

  function strike(): (typeof faults)[number] | undefined {
    if (!isOn || random() * span >= 1) return undefined;
    struck += 1;
    return faults[Math.floor(random() * faults.length)];
  }

  function service(sns: RpcService): RpcService {
    const operation = sns.operations['PublishBatch'];
    if (sns.signingName !== 'sns' || operation === undefined) return sns;
    const run: typeof operation.run = async (input, context) => {
      const entries = input['PublishBatchRequestEntries'] as readonly { readonly Id: string }[];
      switch (strike()) {
        case 'drops before':
          context.hangUp?.();
          return {};
        case 'drops after': {
          const answer = await operation.run(input, context);
          context.hangUp?.();
          return answer;
        }
        case 'refuses some': {
          const refused = entries.filter((_, index) => index === 0 || random() < 0.5);
          const rest = entries.filter((entry) => !refused.includes(entry));
          const kept = { ...input, PublishBatchRequestEntries: rest };
          const { Successful = [] } = rest.length === 0 ? {} : await operation.run(kept, context);
          const why = { Code: 'InternalError', Message: 'This entry failed (fault injection).', SenderFault: false };
          return { Successful, Failed: refused.map(({ Id }) => ({ Id, ...why })) };
        }
        case undefined:
          return operation.run(input, context);
      }
    };
    return { ...sns, operations: { ...sns.operations, PublishBatch: { ...operation, run } } };
  }

  return { service, struck: () => struck, stop: () => (isOn = false) };
}
