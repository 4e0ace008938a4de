import { expect, test } from '@jest/globals';
import { countErrors } from '../../../../tools/orders/aws/logs.ts';

const thrown = (requestId: string) => ({
  level: 'ERROR',
  requestId,
  message: { errorType: 'TypeError', errorMessage: 'boom', stackTrace: [] },
});
const logged = (requestId: string) => ({ level: 'ERROR', requestId, message: { message: 'Order Not Processed' } });
const report = (requestId: string, status: string) => ({ type: 'platform.report', record: { requestId, status } });

async function counted(...documents: readonly object[]): Promise<number> {
  async function* events() {
    for (const document of documents) yield await Promise.resolve({ message: `${JSON.stringify(document)}\n` });
  }
  return countErrors(events());
}

test('an invocation that threw counts once: its line and its report are of one error', async () => {
  expect(await counted(thrown('a'), report('a', 'error'))).toBe(1);
  expect(await counted(report('a', 'error'), thrown('b'), thrown('a'), report('b', 'error'))).toBe(2);
});

test('what only the report tells counts as well', async () => {
  expect(await counted(report('a', 'error'))).toBe(1);
  expect(await counted(thrown('a'), report('a', 'timeout'))).toBe(2);
});

test('lines that the function logged count each', async () => {
  expect(await counted(logged('a'), logged('a'), thrown('a'), report('a', 'error'))).toBe(3);
  expect(await counted({ level: 'error', message: 'own' }, logged('b'), report('b', 'error'))).toBe(3);
});
