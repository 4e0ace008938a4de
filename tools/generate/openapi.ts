import type { AnySchemaObject } from 'ajv';
import { httpLimits, httpRoutes, idempotencyHeader, type ProblemStatus } from '../../shared/http-door.ts';
import { exampleOrder } from '../../shared/order/example-order.ts';
import { schemaVersionOf } from '../../shared/order/schema-version.ts';
import { messageLimits } from '../../shared/pipeline.ts';
import { answerSchemas, type Json, ref } from './openapi-schemas.ts';

/**
 * The HTTP door as an OpenAPI 3.1 document: an order is what the schema says, and the rest is what shared/http-door.ts
 * says. The schema keeps its draft, which OpenAPI 3.1 allows.
 */
export function openApiOf(schema: AnySchemaObject): Json {
  const { accept, acceptBatch, track } = httpRoutes;
  return {
    openapi: '3.1.0',
    info: {
      title: 'Orders',
      // Whoever has read another version looks again.
      version: schemaVersionOf(schema),
      description:
        'Takes orders into a queue, and tells what became of them. An answer of 202 says that the queue has the order. ' +
        'What is wrong with an order is told at once as far as its schema goes; the rest is told by its state.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [
      {
        url: 'https://{apiId}.execute-api.{region}.amazonaws.com',
        description: 'The output OrdersApiUrl of the stack.',
        variables: { apiId: { default: 'a1b2c3d4e5' }, region: { default: 'us-east-1' } },
      },
    ],
    // Which of them holds is a setting of the deployment; none in a lab.
    security: [{ signature: [] }, { token: [] }, {}],
    paths: {
      [accept.path]: { post: acceptOperation() },
      [acceptBatch.path]: { post: batchOperation() },
      [track.path]: { get: trackOperation() },
    },
    components: {
      schemas: { Order: { $id: 'order.schema.json', ...schema }, ...answerSchemas },
      securitySchemes: {
        signature: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          description: 'AWS Signature Version 4, for the service execute-api.',
          'x-amazon-apigateway-authtype': 'awsSigv4',
        },
        token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
    },
  };
}

function acceptOperation(): Json {
  return {
    operationId: 'acceptOrder',
    summary: 'Send an order',
    parameters: [keyParameter],
    requestBody: {
      required: true,
      description: `At most ${messageLimits.bytes} bytes.`,
      content: jsonOf(ref('Order'), exampleOrder(0)),
    },
    responses: {
      202: {
        description: 'The queue has the order.',
        headers: {
          Location: {
            description: 'Where its state is told, relative to the address of the request.',
            schema: { type: 'string' },
          },
        },
        content: jsonOf(ref('AcceptedOrder')),
      },
      ...problems({
        400: 'The body is no order.',
        413: 'The order is too large.',
        415: 'The body is no JSON by its type.',
      }),
      ...gatewayAnswers,
    },
  };
}

function batchOperation(): Json {
  return {
    operationId: 'acceptOrders',
    summary: `Send up to ${httpLimits.batchOrders} orders`,
    description:
      'The orders are taken or refused one by one. When all have the same status, the answer has it; otherwise the ' +
      'answer has the status 207, and each order its own.',
    parameters: [
      { ...keyParameter, description: `${keyParameter.description} In a batch, - and the place of the order follow.` },
    ],
    requestBody: {
      required: true,
      description: `At most ${messageLimits.bytes} bytes an order, and ${httpLimits.batchBytes} for all.`,
      content: jsonOf({ type: 'array', items: ref('Order'), minItems: 1, maxItems: httpLimits.batchOrders }, [
        exampleOrder(0),
        exampleOrder(1),
      ]),
    },
    responses: {
      202: { description: 'The queue has all orders.', content: jsonOf(ref('BatchAnswer')) },
      207: {
        description: 'The orders have different statuses.',
        headers: retryHeader,
        content: jsonOf(ref('BatchAnswer')),
      },
      ...problems(
        {
          400: 'None of the orders is one, or the body is no array of 1 to 10.',
          413: 'The body is too large, or each of the orders.',
          415: 'The body is no JSON by its type.',
        },
        'BatchProblem',
      ),
      ...gatewayAnswers,
      503: unavailable('BatchProblem'),
    },
  };
}

function trackOperation(): Json {
  return {
    operationId: 'trackOrder',
    summary: 'Ask what became of an order',
    parameters: [
      {
        name: 'id',
        in: 'path',
        required: true,
        schema: { type: 'string', minLength: 1, maxLength: httpLimits.idCharacters },
      },
    ],
    responses: {
      200: { description: 'What is known of the order.', content: jsonOf(ref('TrackedOrder')) },
      ...problems({ 404: 'What was asked for can be no id.' }),
      ...gatewayAnswers,
    },
  };
}

function jsonOf(schema: Json, example?: unknown): Json {
  return { 'application/json': { schema, ...(example !== undefined && { example }) } };
}

const keyParameter = {
  name: idempotencyHeader.replaceAll(/(^|-)[a-z]/g, (letters) => letters.toUpperCase()),
  in: 'header',
  description:
    'Becomes the id of an order without one. Sent twice with the same body, the order is processed once. With another ' +
    'body, the second one fails.',
  schema: { type: 'string' },
} as const;

const problemContent = (schema: string) => ({ 'application/problem+json': { schema: ref(schema) } });

function problems(descriptions: Partial<Record<ProblemStatus, string>>, schema = 'Problem'): Json {
  return Object.fromEntries(
    Object.entries(descriptions).map(([status, description]) => [
      status,
      { description, content: problemContent(schema) },
    ]),
  );
}

const retryHeader = {
  'Retry-After': { description: 'Seconds to wait.', schema: { type: 'string', pattern: '^[0-9]+$' } },
};

function unavailable(schema = 'Problem'): Json {
  return {
    description: 'The queue or the table does not answer, or no function could run. Send the same again later.',
    headers: retryHeader,
    content: { ...problemContent(schema), ...jsonOf(ref('GatewayError')) },
  };
}

/** What API Gateway answers by itself (Developer Guide, "Troubleshooting issues with HTTP APIs"). */
const gatewayAnswers: Json = {
  401: { description: 'The token is missing or not valid.', content: jsonOf(ref('GatewayError')) },
  403: {
    description: 'The signature is missing, or its owner may not use the API.',
    content: jsonOf(ref('GatewayError')),
  },
  429: { description: 'Too many requests. Send the same again later.', content: jsonOf(ref('GatewayError')) },
  500: { description: 'The function failed. Send the same again later.', content: jsonOf(ref('GatewayError')) },
  503: unavailable(),
};
