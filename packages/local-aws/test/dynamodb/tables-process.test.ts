import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { eventually } from '../../src/testing/eventually.ts';
import { isAlive } from '../lambda/function-fixture.ts';
import { ordersTable, startTables } from './running-tables.ts';

const runner = fileURLToPath(new URL('./orphan-runner.ts', import.meta.url));

describe("the tables' process", () => {
  test('does not outlive a runner that is killed with -9', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'killed-runner-'));
    const env = { ...process.env, TMPDIR: folder };
    const child = spawn(process.execPath, [runner], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    expect(isAlive(Number(line))).toBe(true);

    child.kill('SIGKILL');
    await once(child, 'exit');
    const alive = await eventually(
      () => isAlive(Number(line)),
      (is) => !is,
    );
    expect(alive).toBe(false);
    rmSync(folder, { recursive: true });
  });

  test('is not started for a template without tables', async () => {
    const running = await startTables({ Topic: { Type: 'AWS::SNS::Topic' } });
    expect(await running.runtime.dynamodb.processId()).toBeUndefined();
    await running.close();
  });

  test('ends with the runtime', async () => {
    const running = await startTables({ Orders: ordersTable });
    const processId = (await running.runtime.dynamodb.processId()) ?? 0;
    expect(isAlive(processId)).toBe(true);
    await running.close();
    expect(isAlive(processId)).toBe(false);
    expect(running.notices).toEqual([]);
  });

  test('when it dies is missed: calls fail as with a DynamoDB that is down, and a notice says why', async () => {
    const running = await startTables({ Orders: ordersTable });
    const noticed = new Promise<string>((resolve) => {
      running.events.subscribe((event) => event.type === 'notice' && resolve(event.message));
    });
    process.kill((await running.runtime.dynamodb.processId()) ?? 0, 'SIGKILL');
    expect(await noticed).toContain('their items are lost');
    const read = new GetItemCommand({ TableName: 'orders', Key: { id: { S: '1' } } });
    await expect(running.client.send(read)).rejects.toMatchObject({
      name: 'InternalServerError',
      $metadata: { httpStatusCode: 500 },
    });
    await running.close();
  });
});

describe('a table that DynamoDB refuses', () => {
  test('ends the start, in the words of DynamoDB', async () => {
    const { Properties } = ordersTable;
    const orders = { ...ordersTable, Properties: { ...Properties, AttributeDefinitions: [] } };
    await expect(startTables({ Orders: orders })).rejects.toMatchObject({
      code: 'TABLE_REFUSED',
      message: expect.stringContaining('Some index key attribute have no definition.'),
      place: { stack: 'Shop', logicalId: 'Orders' },
    });
  });
});
