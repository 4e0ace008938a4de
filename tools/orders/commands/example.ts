import type { Command } from 'commander';
import { brokenOrder } from '../../../shared/order/broken-order.ts';
import { exampleOrder } from '../../../shared/order/example-order.ts';
import { orderDefects } from '../../../shared/order/order-defects.generated.ts';
import { exitCodes, wholeNumberOption } from '../command-line.ts';
import type { OrdersContext, Run } from '../context.ts';

interface ExampleOptions {
  readonly count: number;
  readonly bad?: boolean;
}

export function defineExample(program: Command, run: Run): void {
  program
    .command('example')
    .summary('print an order, or bad ones')
    .description('Prints an order that passes the schema, without an id, and sends nothing.')
    .option('--count <n>', 'so many orders, one a line', wholeNumberOption(1, 10_000), 1)
    .option('--bad', 'an order for each rule of the schema that it can break')
    .addHelpText('after', '\nExample: orders example --bad | orders send - --unchecked --local')
    .action((options: ExampleOptions) => run((context) => example(context, options)));
}

async function example(context: OrdersContext, { count, bad = false }: ExampleOptions): Promise<number> {
  for (let index = 0; index < count; index += 1) {
    const { orderId: _orderId, ...order } = exampleOrder(index);
    const orders = bad ? orderDefects.map((defect) => brokenOrder(order, defect)) : [order];
    for (const each of orders) await context.printJson(each, 'line');
  }
  return exitCodes.done;
}
