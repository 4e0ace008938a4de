import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListClustersCommand,
  ListServicesCommand,
  ListTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import { Duration } from 'aws-cdk-lib';
import { TemporaryFolder } from '../../src/processes.ts';
import { eventually } from '../../src/testing/eventually.ts';
import { EcsHarness } from './ecs-harness.ts';
import { get, RestlessClients } from './restless-clients.ts';

/** Says who answers, and ends gracefully. */
const polite = (name: string) => `
import { createServer } from 'node:http';
const server = createServer((request, response) => response.end('${name} ' + process.env.GREETING + ' ' + process.pid));
server.listen(80, () => console.log('${name} listens'));
process.on('SIGTERM', () => { console.log('${name} ends'); server.close(); server.closeIdleConnections(); });
`;

/** Statements that wait for a file. */
const onceThereIs = (file: string) => `
const { existsSync } = await import('node:fs');
while (!existsSync(${JSON.stringify(file)})) await new Promise((resolve) => setTimeout(resolve, 10));
`;

const whose = (answer: string) => answer.split(' ')[0];

describe('a service', () => {
  test('is told, scaled, stopped and deployed anew through the API, at one address all the time', async () => {
    await using web = await EcsHarness.start({ program: polite('one') });
    const { ecs } = web;
    await web.rollout('COMPLETED');
    expect(await get(web.url)).toMatch(/^one hello \d+$/);

    const cluster = 'main';
    const clusterArn = 'arn:aws:ecs:us-east-1:000000000000:cluster/main';
    expect(await ecs.send(new ListClustersCommand())).toMatchObject({ clusterArns: [clusterArn] });
    const clusters = await ecs.send(new DescribeClustersCommand({ clusters: ['main', 'other'] }));
    expect(clusters.clusters).toMatchObject([{ clusterArn, status: 'ACTIVE', runningTasksCount: 1 }]);
    expect(clusters.failures).toMatchObject([{ reason: 'MISSING' }]);
    const { serviceArns } = await ecs.send(new ListServicesCommand({ cluster }));
    expect(serviceArns).toEqual(['arn:aws:ecs:us-east-1:000000000000:service/main/web']);

    // Two tasks take turns.
    await ecs.send(new UpdateServiceCommand({ cluster, service: 'web', desiredCount: 2 }));
    await eventually(
      () => web.service.deployments[0]?.readyTasks.length,
      (count) => count === 2,
    );
    expect(await get(web.url)).not.toBe(await get(web.url));

    const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, serviceName: 'web' }));
    expect(taskArns).toHaveLength(2);
    const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
    expect(tasks[0]).toMatchObject({ lastStatus: 'RUNNING', healthStatus: 'UNKNOWN', containers: [{ name: 'web' }] });
    const { taskDefinition } = await ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: tasks[0]?.taskDefinitionArn }),
    );
    expect(taskDefinition).toMatchObject({
      revision: 1,
      containerDefinitions: [{ name: 'web', portMappings: [{ containerPort: 80 }] }],
    });

    // A task that somebody stops is replaced at once.
    await ecs.send(new StopTaskCommand({ cluster, task: taskArns[0], reason: 'a test' }));
    await eventually(
      () => web.service.deployments[0]?.readyTasks.filter(({ arn }) => arn !== taskArns[0]).length,
      (count) => count === 2,
    );
    const { tasks: [stopped] = [] } = await eventually(
      () => ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns.slice(0, 1) })),
      (answer) => answer.tasks?.[0]?.lastStatus === 'STOPPED',
    );
    expect(stopped).toMatchObject({ stoppedReason: 'a test', containers: [{ exitCode: 0 }] });

    await ecs.send(new UpdateServiceCommand({ cluster, service: 'web', desiredCount: 0 }));
    await eventually(
      () => web.service.deployments[0]?.tasks.size,
      (count) => count === 0,
    );
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: ['web', 'none'] }));
    expect(services).toMatchObject([{ desiredCount: 0, runningCount: 0, deployments: [{ status: 'PRIMARY' }] }]);

    await expect(ecs.send(new ListTasksCommand({ cluster: 'other' }))).rejects.toMatchObject({
      name: 'ClusterNotFoundException',
    });
    await expect(ecs.send(new UpdateServiceCommand({ cluster, service: 'other' }))).rejects.toMatchObject({
      name: 'ServiceNotFoundException',
    });
    await expect(
      ecs.send(new UpdateServiceCommand({ cluster, service: 'web', taskDefinition: 'x:2' })),
    ).rejects.toMatchObject({ name: 'NotImplemented' });
    await expect(ecs.send(new RunTaskCommand({ cluster, taskDefinition: 'x' }))).rejects.toMatchObject({
      name: 'NotImplemented',
    });
  });

  test('of a changed program keeps the old task until the new one is ready, and every request has an answer', async () => {
    using folder = new TemporaryFolder('gate-');
    const gate = join(folder.path, 'open');
    await using web = await EcsHarness.start({ program: polite('one') });
    await web.rollout('COMPLETED');
    const [old] = web.service.tasks;
    const clients = new RestlessClients(web.url, 4);
    await web.reload('second', { program: `${onceThereIs(gate)}\n${polite('two')}` });
    await eventually(
      () => web.service.tasks.map(({ status }) => status),
      (statuses) => statuses.join(' ') === 'RUNNING RUNNING',
    );
    // The new task runs and does not listen yet: the old one answers.
    await clients.more(40);
    expect(new Set(clients.answers.map(whose))).toEqual(new Set(['one']));
    expect(old?.status).toBe('RUNNING');

    writeFileSync(gate, '');
    await web.rollout('COMPLETED');
    await eventually(
      () => old?.status,
      (status) => status === 'STOPPED',
    );
    await clients.more(40);
    const answers = (await clients.stop()).map(whose);
    expect(new Set(answers)).toEqual(new Set(['one', 'two']));
    expect(new Set(answers.slice(-20))).toEqual(new Set(['two']));
    expect(old).toMatchObject({ stoppedReason: 'Replaced by a deployment', containers: [{ exited: { code: 0 } }] });
  });

  test('lets an old task answer the requests that it has before it is asked to end, for 10 s at most', async () => {
    using folder = new TemporaryFolder('gate-');
    const gate = join(folder.path, 'open');
    const program = `
import { createServer } from 'node:http';
createServer(async ({ url }, response) => {
  if (url === '/late') {
    console.log('asked');
    ${onceThereIs(gate)}
  }
  response.end(url + ' ' + process.pid);
}).listen(80);
`;
    await using web = await EcsHarness.start({ program });
    /** A request that waits, and the task that it waits for while another one takes over. */
    const replaceWhileAsked = async (asked: number) => {
      await web.rollout('COMPLETED');
      const [task] = web.service.tasks;
      const before = await get(web.url);
      const answer = get(`${web.url}/late`).catch(() => 'none');
      await web.lines(asked);
      web.service.update({ forceNewDeployment: true });
      await web.rollout('COMPLETED');
      expect(await get(web.url)).not.toBe(before);
      expect(task?.status).toBe('DEACTIVATING');
      const end = () =>
        eventually(
          () => task?.status,
          (status) => status === 'STOPPED',
        );
      return { answer, end };
    };

    const patient = await replaceWhileAsked(1);
    writeFileSync(gate, '');
    expect(await patient.answer).toMatch(/^\/late \d+$/);
    expect(await patient.end()).toBe('STOPPED');

    rmSync(gate);
    const tooLate = await replaceWhileAsked(2);
    await web.clock.advance(10_000);
    expect(await tooLate.end()).toBe('STOPPED');
    expect(await tooLate.answer).toBe('none');
  });

  test('whose new program ends at once goes back to the one before, by its circuit breaker', async () => {
    const service = { circuitBreaker: { rollback: true } };
    await using web = await EcsHarness.start({ program: polite('one'), service });
    await web.rollout('COMPLETED');
    await web.reload('second', { program: 'console.log("broken"); process.exit(3);', service });
    const notices = () => web.watch.ofType('notice').map(({ message }) => message);
    for (const [tries, waitMs] of [
      [1, 1000],
      [2, 2000],
    ] as const) {
      await eventually(notices, (all) => all.filter((text) => text.includes('ended with code 3')).length === tries);
      await web.clock.advance(waitMs);
    }
    await eventually(notices, (all) => all.some((text) => text.includes('back to the deployment before')));
    expect(await web.lines(4)).toEqual(['one listens', 'broken', 'broken', 'broken']);
    expect(await get(web.url)).toMatch(/^one hello/);
  });

  test('replaces a task that is not healthy any more, and kills one that does not end when it is asked to', async () => {
    const program = `
import { createServer } from 'node:http';
let healthy = true;
createServer(({ url }, response) => {
  if (url === '/sicken') healthy = false;
  response.writeHead(healthy ? 200 : 500).end(String(process.pid));
}).listen(80, () => console.log('listens'));
process.on('SIGTERM', () => console.log('asked'));
`;
    const check = 'node -e "fetch(\'http://localhost\').then(({ ok }) => process.exit(ok ? 0 : 1))"';
    const healthCheck = { command: ['CMD-SHELL', check], interval: Duration.seconds(300), retries: 1 };
    await using web = await EcsHarness.start({ program, healthCheck, stopTimeoutSeconds: 7 });
    const health = () => web.service.tasks.map(({ health: status }) => status);
    // A check takes a process, which takes its own time: the clock is turned only while none runs.
    await web.lines(1);
    await web.clock.advance(1000);
    await eventually(health, ([status]) => status === 'HEALTHY');
    const first = await get(web.url);
    await get(`${web.url}/sicken`);
    await web.clock.advance(300_000);
    await eventually(health, (all) => all.includes('UNHEALTHY'));
    expect(await web.lines(2)).toEqual(['listens', 'asked']);

    // The next task does not wait for the end of the old one.
    await web.lines(3);
    await web.clock.advance(1000);
    await eventually(
      () => web.service.deployments[0]?.readyTasks.length,
      (count) => count === 1,
    );
    expect(await get(web.url)).not.toBe(first);
    expect(web.service.tasks.map(({ status }) => status)).toEqual(['STOPPING', 'RUNNING']);
    await web.clock.advance(6_000);
    const last = await eventually(
      () => web.service.tasks.at(-1),
      (task) => task?.status === 'STOPPED',
    );
    expect(last).toMatchObject({ stoppedReason: 'Task failed container health checks' });
    expect(last?.containers[0]?.exited).toMatchObject({ signal: 'SIGKILL' });
  });
});
