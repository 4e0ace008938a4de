import { defineProcessing, RefusedOrder } from '../../lambdas/process-orders/processing.ts';

/** Has a label made for each order, by an HTTP API that honours idempotency keys. */
export const processing = defineProcessing({
  hasEffects: true,
  tools: () => ({ url: process.env['LABEL_API_URL'] ?? 'https://labels.example.com' }),
  async process({ order, idempotencyKey, signal, tools }) {
    // Named one by one: an API that honours keys refuses the same key with another request.
    const { customerName: name, customerAddress: address, items } = order;
    const response = await fetch(`${tools.url}/labels`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
      body: JSON.stringify({ name, address, items }),
      signal,
    });
    // Read in any case: an answer that is not read keeps its connection.
    const answer = await response.text();
    // The API says that it will never make this label: no other try helps.
    if (response.status === 422) throw new RefusedOrder(`the label API: ${answer}`);
    if (!response.ok) throw new LabelApiError(response.status);
  },
});

/** Whatever else goes wrong may work later. The name tells these failures from others. */
class LabelApiError extends Error {
  override readonly name = 'LabelApiError';

  constructor(status: number) {
    super(`The label API answered ${status}.`);
  }
}
