import { httpLimits, problemTitles } from '../../shared/http-door.ts';
import { failureKinds } from '../../shared/telemetry.ts';

/** A part of the document. */
export type Json = Readonly<Record<string, unknown>>;

/** A schema of the document, by its name. */
export const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

function object(properties: Json, required: readonly string[], more: Json = {}): Json {
  return { type: 'object', properties, required, ...more };
}

const text = { type: 'string' };
const time = { type: 'string', format: 'date-time' };
const reasons = {
  type: 'array',
  items: text,
  description: 'Which field is wrong, and how, as the ledger has it.',
  examples: [['/customerAddress is required']],
};

const problemProperties = {
  status: { type: 'integer', enum: Object.keys(problemTitles).map(Number) },
  title: { enum: Object.values(problemTitles) },
  detail: { ...text, description: 'What happened, and how to mend it.' },
  kind: { enum: [failureKinds.notJson, failureKinds.invalid] },
  reasons,
  orderId: { ...text, description: 'Send the order again with this id: it may be in the queue all the same.' },
};

const state = (name: string, properties: Json = {}, required: readonly string[] = []) =>
  object({ orderId: text, state: { const: name }, ...properties }, ['orderId', 'state', ...required], {
    additionalProperties: false,
  });

/** What the door answers (shared/http-door.ts), as JSON Schemas, by their names in the document. */
export const answerSchemas: Json = {
  AcceptedOrder: object(
    {
      status: { const: 202 },
      orderId: { type: ['string', 'null'] },
      location: { type: 'string', format: 'uri-reference' },
    },
    ['status', 'orderId'],
    { additionalProperties: false },
  ),
  Problem: object(problemProperties, ['status', 'title', 'detail'], {
    description: 'A problem of RFC 9457. It holds nothing of what the order says.',
    additionalProperties: false,
  }),
  BatchAnswer: object(
    {
      orders: {
        type: 'array',
        description: 'What became of each order, in their order.',
        items: { oneOf: [ref('AcceptedOrder'), ref('Problem')] },
        minItems: 1,
        maxItems: httpLimits.batchOrders,
      },
    },
    ['orders'],
    { additionalProperties: false },
  ),
  BatchProblem: object(
    { ...problemProperties, orders: { type: 'array', items: ref('Problem'), maxItems: httpLimits.batchOrders } },
    ['status', 'title', 'detail'],
    { additionalProperties: false },
  ),
  TrackedOrder: {
    oneOf: [
      state('queued'),
      state('processed', { processedAt: time, conflicts: { type: 'integer', minimum: 1 } }),
      state('replayed', { replayedAt: time }),
      state('failed', { failedAt: time, kind: { enum: Object.values(failureKinds) }, reasons }, [
        'failedAt',
        'kind',
        'reasons',
      ]),
    ],
  },
  GatewayError: object({ message: text }, ['message'], { description: 'An answer of API Gateway itself.' }),
};
