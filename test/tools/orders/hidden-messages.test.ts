import { expect, test } from '@jest/globals';
import { consoleLabels, renderEvent, type RuntimeEvent } from 'local-aws';
import { exampleOrder } from '../../../shared/order/example-order.ts';
import { logMessages } from '../../../shared/telemetry.ts';
import type { StatusReport } from '../../../tools/orders/status-report.ts';
import { documentOf } from './collected-io.ts';
import { servePipeline } from './served-pipeline.ts';

test('while the table refuses orders, status and npm run local say for how long they are hidden, and why', async () => {
  // The first wait is long, so that the message is hidden however slow the machine is.
  await using pipeline = await servePipeline((template) =>
    template
      .replaceAll('"dynamodb:UpdateItem"', '"dynamodb:Scan"')
      .replaceAll('"RETRY_BASE_SECONDS": "10"', '"RETRY_BASE_SECONDS": "300"'),
  );
  const { runtime, events } = pipeline;
  const { promise: ended, resolve } = Promise.withResolvers<Extract<RuntimeEvent, { type: 'batch-ended' }>>();
  const logged: string[] = [];
  events.subscribe((event) => {
    if (event.type === 'log') logged.push(event.message);
    if (event.type === 'batch-ended') resolve(event);
  });
  const order = JSON.stringify(exampleOrder(0, 'hidden-1'));
  await pipeline.orders(['send', '-'], { stdin: order });
  const batch = await ended;
  expect(logged.join()).toContain(logMessages.triesScheduled);

  const line = renderEvent(batch, { color: false, ...consoleLabels(runtime.model) });
  expect(line).toMatch(/orders: 1 of a batch of 1 stay, hidden for [123]\d\d s: reported as batch item failures$/);

  const { stdout } = await pipeline.orders(['status', '--sent', '1']);
  expect(stdout).toMatch(/^orders: 1 message hidden\. The next comes back in \d min, at \S+ \S+ UTC\.$/m);
  expect(stdout).toMatch(
    /^ +1 {2}process-orders {2}\S+ \S+ {2}Order Not Processed: AccessDeniedException: User: arn:/m,
  );
  expect(stdout).toMatch(
    /^Orders move: at least 0 of 1 have come to an end \(processed 0, failed 0\), about 1 in flight\.$/m,
  );

  const late = await pipeline.orders(['status', '--wait', '--timeout', '1s', '--json']);
  expect(late).toMatchObject({ exitCode: 1, stderr: 'The time is up, and 1 message in flight.\n' });
  const { queues, ...document } = documentOf<StatusReport & { settled: boolean; moving: boolean }>(late);
  expect(document).toMatchObject({ settled: false, moving: true });
  expect(Date.parse(queues.orders.nextTryAt!)).toBeGreaterThanOrEqual(batch.atMs);
});
