import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readLogMessage } from 'local-aws';
import { constructId } from '../../../lib/names.ts';
import { idPlaceholder } from '../../../lib/monitoring/own-telemetry.ts';
import { exampleOrder } from '../../../shared/order/example-order.ts';
import { logMessages } from '../../../shared/telemetry.ts';
import { Assemblies, running } from '../../acceptance/running-assembly.ts';
import { synthesize } from '../synthesize.ts';

type Line = Readonly<Record<string, unknown>>;

const functions = ['generate-orders', 'process-orders', 'failed-orders'] as const;
const lines = {} as Record<(typeof functions)[number], readonly Line[]>;
const assemblies = new Assemblies();

/** What the functions log when orders are good, bad, twice there, and one that cannot be written. */
beforeAll(async () => {
  const whole = await assemblies.whole({ preset: 'production' });
  {
    await using pipeline = await running(whole, 'enforce');
    for (let round = 0; round < 2; round += 1) await pipeline.produce({ count: 10, badRate: 0.2, seed: 7 });
    const enough = { [logMessages.failedOrder]: 4, [logMessages.duplicateOrder]: 8 };
    await pipeline.until(() => Object.entries(enough).every(([text, count]) => pipeline.logged(text) >= count));
    await pipeline.until(() => pipeline.logged('"FailuresRecorded":') > 0);
    await pipeline.until(() => pipeline.logged('"platform.report"') >= pipeline.logged('"platform.start"'));
    await readLines(pipeline);
  }
  const unable = assemblies.changed(whole, (actions) => actions.filter((action) => action !== 'dynamodb:UpdateItem'));
  await using pipeline = await running(unable, 'enforce');
  await pipeline.send({ MessageBody: JSON.stringify(exampleOrder(0)) });
  await pipeline.until(() => pipeline.logged('"OrdersNotProcessed":') > 0);
  await pipeline.until(() => pipeline.logged('"platform.report"') >= pipeline.logged('"platform.start"'));
  await readLines(pipeline);
});

/** Adds what the functions of a pipeline logged. */
async function readLines({ client: target, model }: Awaited<ReturnType<typeof running>>): Promise<void> {
  const client = new CloudWatchLogsClient(target);
  const outputs = new Map(model.stacks.flatMap((stack) => stack.outputs).map(({ key, value }) => [key, value]));
  for (const name of functions) {
    const logGroupName = outputs.get(`${constructId(name)}LogGroupName`)!;
    const messages: string[] = [];
    for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName })) {
      messages.push(...events.map(({ message }) => message!));
    }
    lines[name] = [...(lines[name] ?? []), ...messages.map((message) => JSON.parse(message) as Line)];
  }
  client.destroy();
}

afterAll(() => assemblies.dispose());

function valueAt(line: Line, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Line | undefined)?.[key], line);
}

interface QueryDefinition {
  readonly Properties: {
    readonly Name: string;
    readonly QueryString: string;
    readonly LogGroupNames: readonly { readonly Ref: string }[];
  };
}

/** The saved queries of the stack, and the functions whose logs they look into. */
function queries() {
  const definitions = synthesize().findResources('AWS::Logs::QueryDefinition') as Record<string, QueryDefinition>;
  return Object.values(definitions).map(({ Properties: { Name, QueryString, LogGroupNames } }) => ({
    name: Name,
    text: QueryString,
    functions: LogGroupNames.map(({ Ref }) => functions.find((name) => Ref.startsWith(`${constructId(name)}Logs`))!),
  }));
}

const words =
  /^(?:fields|filter|stats|sort|limit|display|by|as|and|or|asc|desc|count|max|avg|pct|bin|ispresent|h|\d+h?)$/;

/** Names of fields in a query: all words but literals, the language's own and names given in it. */
function fieldsOf(text: string): readonly string[] {
  const given = new Set([...text.matchAll(/ as (\w+)/g)].map(([, name]) => name));
  const names = text.replaceAll(/'[^']*'/g, '').match(/@?\w+(?:\.\w+)*/g) ?? [];
  return [...new Set(names)].filter((name) => !words.test(name) && !given.has(name) && !name.startsWith('@'));
}

describe('a saved query', () => {
  test.each(queries())('for $name asks for fields that its functions log', ({ text, functions: asked }) => {
    const fields = fieldsOf(text);
    const found = asked.flatMap((name) => lines[name]);
    expect(fields.length).toBeGreaterThan(0);
    expect(fields.filter((field) => found.every((line) => valueAt(line, field) === undefined))).toEqual([]);
  });

  test.each(queries())('for $name finds something', ({ text, functions: asked }) => {
    const literals = [...text.matchAll(/([\w.]+) = '([^']*)'/g)].filter(([, , value]) => value !== idPlaceholder);
    for (const [, field, value] of literals) {
      const found = asked.flatMap((name) => lines[name]).filter((line) => valueAt(line, field!) === value);
      expect(found.length).toBeGreaterThan(0);
    }
  });

  test('of an order’s life leads from a line to its trace', () => {
    const good = lines['process-orders'].find((line) => valueAt(line, 'message.message') === logMessages.goodOrder)!;
    expect(valueAt(good, 'message.traceId')).toMatch(/^1-[\da-f]{8}-[\da-f]{24}$/);
  });
});

/** Of a metric, over all lines of a function. */
function sumOf(name: (typeof functions)[number], metric: string): number {
  return lines[name].reduce((sum, line) => sum + Number(line['_aws'] === undefined ? 0 : (line[metric] ?? 0)), 0);
}

describe('the metrics in the logs', () => {
  test('are lines of their own, at most one for an invocation, that a person is not shown', () => {
    for (const name of functions) {
      const documents = lines[name].filter((line) => line['_aws'] !== undefined);
      const invocations = lines[name].filter(({ type }) => type === 'platform.start');
      expect(documents.length).toBeGreaterThan(0);
      expect(documents.length).toBeLessThanOrEqual(invocations.length);
      for (const document of documents) expect(readLogMessage(JSON.stringify(document))).toBeUndefined();
    }
  });

  test('add up to what became of the orders', () => {
    expect(sumOf('generate-orders', 'OrdersQueued')).toBe(20);
    expect(sumOf('process-orders', 'OrdersProcessed')).toBe(8);
    expect(sumOf('process-orders', 'DuplicateOrders')).toBe(8);
    expect(sumOf('process-orders', 'OrdersNotProcessed')).toBeGreaterThan(0);
    const failed = lines['failed-orders'].filter(
      (line) => valueAt(line, 'message.message') === logMessages.failedOrder,
    );
    expect(sumOf('failed-orders', 'FailuresRecorded')).toBeGreaterThan(0);
    expect(sumOf('failed-orders', 'FailuresRecorded')).toBeLessThanOrEqual(failed.length);
  });

  test('count each instance’s cold start once', () => {
    const reported = lines['process-orders'].filter(
      (line) => valueAt(line, 'record.metrics.initDurationMs') !== undefined,
    );
    expect(sumOf('process-orders', 'ColdStarts')).toBeGreaterThan(0);
    expect(sumOf('process-orders', 'ColdStarts')).toBeLessThanOrEqual(reported.length);
  });
});
