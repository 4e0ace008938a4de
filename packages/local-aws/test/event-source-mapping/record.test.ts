import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { observer } from './handlers.ts';
import type { ObservedRecord, Sent } from './pipeline.ts';
import { type RunningPipelines, startPipelines } from './running-pipelines.ts';

let running: RunningPipelines;

beforeAll(async () => {
  running = await startPipelines({
    'at-once': { code: observer() },
    windowed: { code: observer(), mapping: { BatchSize: 1, MaximumBatchingWindowInSeconds: 1 } },
    'in-order.fifo': { code: observer() },
  });
});

afterAll(async () => {
  await running[Symbol.asyncDispose]();
});

async function recordOf(pipelineName: string, message: Sent): Promise<ObservedRecord> {
  const pipeline = running.pipeline(pipelineName);
  await pipeline.deliver(message);
  return pipeline.observed().at(-1)?.event.Records[0] as ObservedRecord;
}

/** As the algorithm of the SQS Developer Guide writes each part. */
function lengthFirst(text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, Buffer.from(text)]);
}

describe('a record', () => {
  test('has AWS’s keys in AWS’s order, and md5OfMessageAttributes is absent without a window', async () => {
    const record = await recordOf('at-once', 'plain');
    expect(Object.keys(record)).toEqual([
      'messageId',
      'receiptHandle',
      'body',
      'attributes',
      'messageAttributes',
      'md5OfBody',
      'eventSource',
      'eventSourceARN',
      'awsRegion',
    ]);
    const { region, accountId } = running.runtime.model;
    expect(record).toMatchObject({
      messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      body: 'plain',
      messageAttributes: {},
      md5OfBody: hash('md5', 'plain', 'hex'),
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:${region}:${accountId}:at-once`,
      awsRegion: region,
    });
  });

  test('has md5OfMessageAttributes null with a window of 1 s or more', async () => {
    const record = await recordOf('windowed', 'plain');
    expect(Object.keys(record).slice(4, 7)).toEqual(['messageAttributes', 'md5OfMessageAttributes', 'md5OfBody']);
    expect(record.md5OfMessageAttributes).toBeNull();
  });

  test.each(['at-once', 'windowed'])(
    'has the MD5 of its message attributes if there are attributes (%s)',
    async (name) => {
      const attribute = { DataType: 'String', StringValue: 'v' };
      const record = await recordOf(name, { MessageBody: 'm', MessageAttributes: { k: attribute } });
      const encoded = Buffer.concat([lengthFirst('k'), lengthFirst('String'), Buffer.of(1), lengthFirst('v')]);
      expect(record.md5OfMessageAttributes).toBe(hash('md5', encoded, 'hex'));
      expect(Object.keys(record)).toHaveLength(10);
    },
  );

  test('has string, number and binary message attributes', async () => {
    const record = await recordOf('at-once', {
      MessageBody: 'm',
      MessageAttributes: {
        text: { DataType: 'String', StringValue: 'grün 🌱' },
        number: { DataType: 'Number', StringValue: '42.50' },
        labelled: { DataType: 'String.json', StringValue: '{}' },
        bytes: { DataType: 'Binary', BinaryValue: Buffer.from([0, 255, 1]) },
      },
    });
    const lists = { stringListValues: [], binaryListValues: [] };
    expect(record.messageAttributes).toEqual({
      text: { stringValue: 'grün 🌱', ...lists, dataType: 'String' },
      number: { stringValue: '42.50', ...lists, dataType: 'Number' },
      labelled: { stringValue: '{}', ...lists, dataType: 'String.json' },
      bytes: { binaryValue: 'AP8B', ...lists, dataType: 'Binary' },
    });
    expect(Object.keys(record.messageAttributes['text'] as object)).toEqual([
      'stringValue',
      'stringListValues',
      'binaryListValues',
      'dataType',
    ]);
  });

  test('has system attributes as strings', async () => {
    const { attributes } = await recordOf('at-once', 'plain');
    const nowMs = String(running.clock.now());
    expect(Object.entries(attributes)).toEqual([
      ['ApproximateReceiveCount', '1'],
      ['SentTimestamp', nowMs],
      ['SenderId', expect.stringMatching(/^\S+$/)],
      ['ApproximateFirstReceiveTimestamp', nowMs],
    ]);
  });

  test('of a FIFO queue has sequence number, group and deduplication id besides', async () => {
    const message = { MessageBody: 'm', MessageGroupId: 'g', MessageDeduplicationId: 'd' };
    const { attributes } = await recordOf('in-order.fifo', message);
    expect(attributes).toEqual({
      ApproximateReceiveCount: '1',
      SentTimestamp: expect.any(String),
      SequenceNumber: expect.stringMatching(/^\d{20}$/),
      MessageGroupId: 'g',
      SenderId: expect.any(String),
      MessageDeduplicationId: 'd',
      ApproximateFirstReceiveTimestamp: expect.any(String),
    });
  });

  test('carries what JSON must escape, and characters beyond U+FFFF, unharmed', async () => {
    const body = 'quote " backslash \\ tab \t newline \n emoji 😀 line separator \u2028';
    const record = await recordOf('at-once', body);
    expect(record.body).toBe(body);
    expect(record.md5OfBody).toBe(hash('md5', body, 'hex'));
  });
});
