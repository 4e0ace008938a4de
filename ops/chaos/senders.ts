import type { LambdaService } from 'local-aws';
import type { CarelessMessage } from './orders-to-send.ts';
import { readGenerated } from '../../shared/generate-response.ts';
import { sendMessages, type SendQueue } from '../aws/send-messages.ts';

/** A sender that could not send what it has, however often it tried. */
export class SenderGaveUp extends Error {
  override readonly name = 'SenderGaveUp';
}

const mostTries = 30;
const entriesPerRequest = 10;

/**
 * Invokes generate-orders until it answers that all orders are queued, as a person would whose invocation fails: with
 * the same event, so that some orders are sent again.
 *
 * @returns how many orders it says are queued
 */
export async function generateOrders(
  lambda: Pick<LambdaService, 'invoke'>,
  functionName: string,
  event: { readonly count: number; readonly badRate: number; readonly seed: number },
): Promise<number> {
  let last = '';
  for (let tries = 0; tries < mostTries; tries += 1) {
    const { payload, functionError } = await lambda.invoke(functionName, JSON.stringify(event));
    last = payload;
    if (functionError !== undefined) continue;
    const generated = readGenerated(payload);
    if (generated.statusCode === 200 && generated.next === undefined) return generated.queued;
  }
  throw new SenderGaveUp(`generate-orders did not queue its orders in ${mostTries} tries: ${last}`);
}

/** Sends messages through SQS's API, those of a request that failed once more: SQS may hold them all the same. */
export async function sendCarelessly(queue: SendQueue, messages: readonly CarelessMessage[]): Promise<void> {
  for (let from = 0; from < messages.length; from += entriesPerRequest) {
    let pending = messages.slice(from, from + entriesPerRequest);
    for (let tries = 0; pending.length > 0; tries += 1) {
      if (tries === mostTries) throw new SenderGaveUp(`SQS did not take ${pending.length} messages in ${tries} tries.`);
      try {
        const outcomes = await sendMessages(queue, pending.map(outgoing));
        pending = pending.filter((_, position) => outcomes[position]?.sent !== true);
      } catch {
        // Sent again as a whole.
      }
    }
  }
}

/**
 * Sends a body that is too large until SQS refuses it.
 *
 * @returns whether SQS took it, which it must not
 */
export async function isTaken(queue: SendQueue, body: string): Promise<boolean> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    try {
      const [outcome] = await sendMessages(queue, [outgoing({ body, attributes: {} })]);
      if (outcome?.sent === true) return true;
      if (outcome?.code === 'InvalidParameterValue') return false;
    } catch {
      // The request failed, for whatever reason: asked again.
    }
  }
  throw new SenderGaveUp(`SQS neither took nor refused a message that is too large in ${mostTries} tries.`);
}

function outgoing(message: CarelessMessage) {
  return { ...message, groupId: 'careless', deduplicationId: message.body };
}
