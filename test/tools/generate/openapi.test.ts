import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { httpLimits, httpRoutes } from '../../../shared/http-door.ts';
import { exampleOrder, exampleUserX } from '../../../shared/order/example-order.ts';
import { captureConsole } from '../../lambdas/captured-console.ts';
import { acceptOrders, batchEvent, postEvent } from '../../lambdas/http-requests.ts';
import { openApi, responsesOf } from '../../lambdas/open-api.ts';

captureConsole();

/** Statuses that API Gateway answers by itself, beside its own 503. */
const ofTheGateway = ['401', '403', '429', '500'];
const ownStatuses = (route: keyof typeof httpRoutes) =>
  Object.keys(responsesOf(route)).filter((status) => !ofTheGateway.includes(status));

const taking = acceptOrders();
const failing = acceptOrders({ sendMessageBatch: () => Promise.reject(new Error('No.')) });
const large = { ...exampleOrder(0), note: 'x'.repeat(300_000) };
const asForm = { 'content-type': 'application/x-www-form-urlencoded' };

describe('the OpenAPI document', () => {
  test('has the order’s schema as it is', () => {
    const schema: unknown = JSON.parse(
      readFileSync(new URL('../../../shared/order/order.schema.json', import.meta.url), 'utf8'),
    );
    expect(openApi.components.schemas['Order']).toEqual(schema);
  });

  test('has the routes of the door, and no others', () => {
    const described = Object.entries(openApi.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
    );
    expect(described).toEqual(Object.values(httpRoutes));
  });

  test('refers to nothing that is not there', () => {
    const names = [...JSON.stringify(openApi).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
      ([, name]) => name!,
    );
    expect(names.filter((name) => !(name in openApi.components.schemas))).toEqual([]);
    expect(Object.keys(openApi.components.schemas).filter((name) => !names.includes(name))).toEqual([]);
  });

  // Each answer is also held against its schema (test/lambdas/open-api.ts).
  test('has every status that POST /orders answers, and no other', async () => {
    const answers = [
      await taking.ask(postEvent(exampleOrder(0))),
      await taking.ask(postEvent(exampleUserX(0))),
      await taking.ask(postEvent(large)),
      await taking.ask(postEvent(exampleOrder(0), asForm)),
      await failing.ask(postEvent(exampleOrder(0))),
    ];
    expect(answers.map(({ status }) => String(status))).toEqual(ownStatuses('accept'));
  });

  test('has every status that POST /orders/batch answers, and no other', async () => {
    const answers = [
      await taking.ask(batchEvent([exampleOrder(0)])),
      await taking.ask(batchEvent([exampleOrder(0), exampleUserX(0)])),
      await taking.ask(batchEvent([exampleUserX(0)])),
      await taking.ask(batchEvent([large])),
      await taking.ask(batchEvent([exampleOrder(0)], asForm)),
      await failing.ask(batchEvent([exampleOrder(0)])),
    ];
    expect(answers.map(({ status }) => String(status))).toEqual(ownStatuses('acceptBatch'));
  });

  // test/lambdas/track-orders/track.test.ts has each of them.
  test('has the statuses of GET /orders/{id}', () => {
    expect(ownStatuses('track')).toEqual(['200', '404', '503']);
  });

  test('asks for as many orders as a batch may have', () => {
    expect(JSON.stringify(openApi.paths['/orders/batch'])).toContain(`"maxItems":${httpLimits.batchOrders}`);
  });
});
