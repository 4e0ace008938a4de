import { afterAll, expect, test } from '@jest/globals';
import { codeFolder, functionModel, invokeJson, removeFolders, startLambda } from './function-fixture.ts';

afterAll(removeFolders);

const code = `
  exports.handler = async ({ fail }) => {
    console.debug('too detailed');
    console.log({ orderId: 'o-1', nested: { deep: [1] } });
    console.info('text %s', 'formatted', { n: 1 });
    console.warn('careful');
    console.error('failed:', new RangeError('out'));
    console.error(new TypeError('alone'));
    process.stdout.write('{"level":"debug","message":"own"}\\n{"level":"error","message":"own"}\\nplain\\n');
    if (fail) throw new TypeError('boom');
  };
`;

const model = (settings: object) =>
  functionModel({ codeDirectory: codeFolder({ 'index.js': code }), logFormat: 'JSON', ...settings });

test('in JSON format each line is a document: objects stay objects, errors become members', async () => {
  await using running = await startLambda([model({})]);
  const { result } = await invokeJson(running.lambda, 'worker', { fail: true });
  const { requestId } = result;
  const own = { timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/), requestId };
  const lines = running.logs().map((line) => (line.startsWith('{') ? (JSON.parse(line) as unknown) : line));
  expect(lines).toEqual([
    expect.objectContaining({ type: 'platform.initStart' }),
    expect.objectContaining({ type: 'platform.start', record: expect.objectContaining({ requestId }) }),
    { ...own, level: 'INFO', message: { orderId: 'o-1', nested: { deep: [1] } } },
    { ...own, level: 'INFO', message: 'text formatted { n: 1 }' },
    { ...own, level: 'WARN', message: 'careful' },
    {
      ...own,
      level: 'ERROR',
      message: expect.stringMatching(/^failed: RangeError: out\n/),
      errorType: 'RangeError',
      errorMessage: 'out',
      stackTrace: expect.arrayContaining(['RangeError: out']),
    },
    {
      ...own,
      level: 'ERROR',
      message: {
        errorType: 'TypeError',
        errorMessage: 'alone',
        stackTrace: expect.arrayContaining(['TypeError: alone']),
      },
    },
    { level: 'error', message: 'own' },
    'plain',
    { ...own, level: 'ERROR', message: expect.objectContaining({ errorType: 'TypeError', errorMessage: 'boom' }) },
    expect.objectContaining({ type: 'platform.report' }),
  ]);
});

test('the application log level decides what console and its own lines may say', async () => {
  const settings = { applicationLogLevel: 'ERROR', systemLogLevel: 'WARN' };
  await using running = await startLambda([model(settings)]);
  await running.lambda.invoke('worker', '{}');
  const levels = running.logs().map((line) => (JSON.parse(line) as { level?: string }).level);
  expect(levels).toEqual(['ERROR', 'ERROR', 'error']);
});
