import { describe, expect, test } from '@jest/globals';
import { consoleLabels } from '../../src/console.ts';
import { consumer, functionWith, queueWith, readResources } from '../../src/testing/written-assembly.ts';

describe('a label', () => {
  const code = { ZipFile: 'exports.handler = async () => 1;' };
  const model = readResources({
    Role: consumer.Role,
    ResizeUploadsFunction0AD72E9A: functionWith({ Code: code }),
    Named: functionWith({ FunctionName: 'my-function', Code: code }),
    Own: functionWith({ FunctionName: 'Shop-worker', Code: code }),
    BadUploadsQueue66B4B3AB: queueWith({}),
    Function: functionWith({ Code: code }),
    Orders: queueWith({ QueueName: 'Shop-orders.fifo', FifoQueue: true }),
  });
  const { functionLabel, queueLabel } = consoleLabels(model);
  const nameOf = (logicalId: string) =>
    [...model.functions, ...model.queues].find((resource) => resource.logicalId === logicalId)?.name ?? '';

  test('of a name that CloudFormation made up comes from the logical id, in words', () => {
    expect(nameOf('ResizeUploadsFunction0AD72E9A')).toMatch(/^Shop-ResizeUploadsFunction0AD72E9A-\w{12}$/);
    expect(functionLabel(nameOf('ResizeUploadsFunction0AD72E9A'))).toBe('resize-uploads');
    expect(queueLabel(nameOf('BadUploadsQueue66B4B3AB'))).toBe('bad-uploads');
    expect(functionLabel(nameOf('Function'))).toBe('Function');
  });

  test('of a name that somebody chose is that name, without the stack’s', () => {
    expect(functionLabel('my-function')).toBe('my-function');
    expect(functionLabel('Shop-worker')).toBe('worker');
    expect(queueLabel('Shop-orders.fifo')).toBe('orders.fifo');
  });

  test('of what is in no stack is its name', () => {
    expect([functionLabel('other'), queueLabel('other')]).toEqual(['other', 'other']);
  });
});
