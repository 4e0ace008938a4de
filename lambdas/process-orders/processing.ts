import type { Order } from '../../shared/order/order.generated.ts';

/** What `process` gets with each order. */
export interface OrderToProcess<Tools> {
  readonly order: Order;
  /**
   * A UUID of this order: the same one at each delivery, for each copy and for each replay, and another one as soon as
   * somebody edited the order. Give it to whatever you call. 36 characters, so that it is a `ClientRequestToken` of AWS
   * as well as an `Idempotency-Key` of an HTTP API.
   */
  readonly idempotencyKey: string;
  /** Aborts a few seconds before Lambda would end the function. What has not ended by then counts as failed. */
  readonly signal: AbortSignal;
  readonly tools: Tools;
}

/** What processing an order is. docs/your-processing.md has three examples. */
interface ProcessingDefinition<Tools> {
  /**
   * Whether `process` changes anything outside of the orders table: calls an API, writes another table, sends a message.
   * Then the order is claimed before `process` is called, which costs a second request to the table.
   */
  readonly hasEffects: boolean;
  /** Makes clients and settings, once in the life of a function, while it starts. */
  readonly tools: () => Tools;
  /**
   * Does the work. The order is written as processed when this resolves, and never before. An order may come twice, also
   * after its work was done: so everything in here must be harmless when it is done twice with the same key.
   *
   * @throws {RefusedOrder} for an order that will never be good: it goes to the ledger, without waits between its tries
   * @throws anything else when it may work later: the order is tried again, up to `maxReceiveCount` times
   */
  readonly process: (given: OrderToProcess<Tools>) => Promise<void>;
}

/** A definition whose tools nobody else has to know. */
export interface Processing {
  readonly hasEffects: boolean;
  /** Makes the tools. @returns what processes one order */
  readonly start: () => (given: Omit<OrderToProcess<unknown>, 'tools'>) => Promise<void>;
}

/** Says what processing an order is: the types of `process` follow from the tools. */
export function defineProcessing<Tools>({ hasEffects, tools, process }: ProcessingDefinition<Tools>): Processing {
  return {
    hasEffects,
    start() {
      const made = tools();
      return (given) => process({ ...given, tools: made });
    },
  };
}

/**
 * Thrown by `process` for an order that no other try can make good. Throw it before the effect, not after: a refused
 * order counts as not processed. The reasons go to log and ledger: name fields, and leave out their values, which may be
 * personal data. More than 1,000 bytes of them are cut off.
 *
 *     throw new RefusedOrder('/items: nothing of it is in stock');
 */
export class RefusedOrder extends Error {
  override readonly name = 'RefusedOrder';
  readonly reasons: readonly string[];

  constructor(reason: string, ...more: readonly string[]) {
    // A reason from another program's answer may be of any type.
    const reasons = [reason, ...more].map(String);
    super(reasons.join(', '));
    this.reasons = reasons;
  }
}
