import { describe, expect, test } from '@jest/globals';
import { environmentNames, requireBoolean, requireCount, requireSeconds, requireText } from '../../shared/pipeline.ts';

describe('a function reading its environment', () => {
  test('gets typed values', () => {
    expect(requireText({ ORDERS_QUEUE_URL: 'https://queue' }, environmentNames.ordersQueueUrl)).toBe('https://queue');
    expect(requireBoolean({ LOG_CUSTOMER_NAMES: 'false' }, environmentNames.logCustomerNames)).toBe(false);
    expect(requireSeconds({ RETRY_CAP_SECONDS: '300' }, environmentNames.retryCapSeconds)).toBe(300);
    expect(requireCount({ MAX_RECEIVE_COUNT: '0' }, environmentNames.maxReceiveCount)).toBe(0);
  });

  test('names a variable that is missing or malformed, and what it should be', () => {
    expect(() => requireText({}, environmentNames.ordersQueueUrl)).toThrow(
      'The environment variable ORDERS_QUEUE_URL is not set. Set it to a text;',
    );
    expect(() => requireBoolean({ LOG_CUSTOMER_NAMES: 'yes' }, environmentNames.logCustomerNames)).toThrow(
      'LOG_CUSTOMER_NAMES is "yes". Set it to "true" or "false";',
    );
    expect(() => requireSeconds({ RETRY_CAP_SECONDS: '-1' }, environmentNames.retryCapSeconds)).toThrow(
      'RETRY_CAP_SECONDS is "-1". Set it to a whole number of seconds;',
    );
    expect(() => requireCount({ MAX_RECEIVE_COUNT: 'many' }, environmentNames.maxReceiveCount)).toThrow(
      'MAX_RECEIVE_COUNT is "many". Set it to a whole number;',
    );
  });
});
