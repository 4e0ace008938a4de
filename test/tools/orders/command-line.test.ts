import { describe, expect, test } from '@jest/globals';
import { Option } from 'commander';
import { orderDefects } from '../../../shared/order/order-defects.generated.ts';
import { readOrder } from '../../../shared/order/read-order.ts';
import { describeTarget, targetOf } from '../../../tools/orders/aws/clients.ts';
import { createProgram, runProgram } from '../../../tools/orders/command-line.ts';
import { UsageError } from '../../../tools/orders/errors.ts';
import { parseMoment } from '../../../tools/orders/time.ts';
import { child } from './child-orders.ts';
import { orders } from './collected-io.ts';

const commands = [
  'generate',
  'send',
  'example',
  'status',
  'logs',
  'mail',
  'failed',
  'show',
  'check',
  'edit',
  'patch',
  'replay',
  'purge',
] as const;

describe('help', () => {
  test.each(commands)('orders %s --help has an example and the options of all commands', async (command) => {
    const { exitCode, stdout, stderr } = await orders([command, '--help']);
    expect(stdout).toMatch(new RegExp(`\nExample: orders ${command}`));
    expect(stdout).toContain('--local');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  test('orders --help names every command and what the exit codes mean', async () => {
    const { exitCode, stdout } = await orders(['--help']);
    for (const command of commands) expect(stdout).toMatch(new RegExp(`\n  ${command} `));
    expect(stdout).toContain('Exit code: 0 all done, 1 something failed or was left undone, 2 a mistake');
    expect(exitCode).toBe(0);
  });
});

test('orders example prints an order that passes, and one for each way of not passing, and asks nobody', async () => {
  const { exitCode, stdout } = await orders(['example', '--count', '3']);
  expect(exitCode).toBe(0);
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => readOrder(line).kind),
  ).toEqual(['order', 'order', 'order']);
  const bad = await orders(['example', '--bad']);
  const kinds = bad.stdout
    .trim()
    .split('\n')
    .map((line) => readOrder(line).kind);
  expect(kinds).toEqual(orderDefects.map(() => 'invalid'));
});

describe('a mistake in the command line is told on stderr, with exit code 2', () => {
  test.each([
    [['faild'], 'Did you mean failed?'],
    [['failed', '--caus', 'aa'], 'Did you mean --cause?'],
    [['replay'], 'either ids, or --cause, or --all'],
    [['replay', 'id', '--all'], 'either ids, or --cause, or --all'],
    [['replay', '--all', '--replayed-before', '1h'], 'either ids, or --cause, or --all, or --replayed-before'],
    [['replay', '--replayed-before', 'soon'], '--replayed-before takes a time such as 10m'],
    [['failed', '--status', 'replayed', '--cause', 'ab'], 'leave out --cause or --status'],
    [['failed', '--status', 'processed'], 'Allowed choices are failed, replayed'],
    [['replay', '--all', '--rate', '0'], 'It must be a number above 0'],
    [['generate', '--count', '1.5'], 'must be a whole number from 0 to 10,000,000, not "1.5"'],
    [['generate', '--count', '-1'], 'must be a whole number from 0 to 10,000,000, not "-1"'],
    [['generate', '--bad-rate', '2'], 'must be a number from 0 to 1, not "2"'],
    [['patch', '--cause', 'aa'], "required option '--set <pointer=value>' not specified"],
    [['edit', 'id', '--set', 'address=1'], '--set takes /json/pointer=value'],
    [['purge', '--before', '1d'], "required option '--export <file>' not specified"],
    [['purge', '--before', 'yesterday', '--export', 'x'], '--before takes a time such as 10m'],
    [['logs', 'process-order'], 'Allowed choices are generate-orders, process-orders, failed-orders'],
    [['--region', 'a b', 'status'], 'A region is a name such as eu-central-1, not "a b"'],
    [['--region', 'evil.example/', 'status'], 'A region is a name'],
    [['status', '--timeout', '5m'], '--timeout limits --wait, which is missing.'],
    [['status', '--wait', '--timeout', '5'], '--timeout takes a length of time such as 90s, 10m or 2h, not "5".'],
    [['status', '--wait', '--watch'], "'--wait' cannot be used with option '--watch'"],
    [['status', '--stack', ''], 'It must not be empty.'],
    [['show', ''], 'It must not be empty.'],
    [['edit', ''], 'It must not be empty.'],
    [['replay', 'an-order', ''], 'It must not be empty.'],
    [['failed', '--search', ''], 'It must not be empty.'],
    [['logs', '--order', ' '], 'It must not be empty.'],
    [['show'], "missing required argument 'id'"],
    [[], 'Usage: orders'],
  ])('%j', async (args, message) => {
    const { exitCode, stdout, stderr } = await orders(['--local', ...args]);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n +at /);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });
});

test('a mistake in the command line is broken between words, in lines that the terminal has room for', async () => {
  let said = '';
  const stderr = { columns: 60, write: (text: string) => void (said += text) };
  const program = createProgram('orders', { stdout: stderr, stderr });
  program.addOption(new Option('--stage <name>').choices(['dev', 'prod', 'lab']));
  expect(await runProgram(program, ['--stage', 'nowhere'], stderr, () => {})).toBe(2);
  expect(said).toBe(
    "error: option '--stage <name>' argument 'nowhere' is\ninvalid. Allowed choices are dev, prod, lab.\n",
  );
});

const found = () => Promise.resolve('http://127.0.0.1:4567');

describe('where the pipeline is', () => {
  test('--local is this machine, with credentials made up', async () => {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const { endpoint, ...target } = targetOf({ stack: 'S', local: true }, {}, found);
    expect(target).toEqual({ stack: 'S', region: 'us-east-1', credentials });
    expect(await (endpoint as () => Promise<string>)()).toBe('http://127.0.0.1:4567');
    expect(describeTarget({ ...target, ...(endpoint && { endpoint }) })).toBe('stack S on this machine');
    const env = { AWS_ENDPOINT_URL: 'http://localhost:5000', AWS_REGION: 'eu-west-1' };
    expect(targetOf({ stack: 'S', local: true }, env)).toMatchObject({
      endpoint: 'http://localhost:5000',
      region: 'eu-west-1',
    });
  });

  test('a variable that is set but empty is as good as unset, as for the SDKs', () => {
    const env = { AWS_ENDPOINT_URL: '', AWS_REGION: '', AWS_DEFAULT_REGION: '' };
    expect(targetOf({ stack: 'S', local: true }, env)).toMatchObject({ endpoint: expect.any(Function) });
    expect(targetOf({ stack: 'S' }, { ...env, AWS_DEFAULT_REGION: 'eu-west-1' })).toMatchObject({
      region: 'eu-west-1',
    });
    expect(targetOf({ stack: 'S' }, { AWS_ENDPOINT_URL: '' })).toEqual({ stack: 'S' });
    expect(describeTarget({ stack: 'S' })).toBe('stack S on AWS');
  });

  test('--local refuses an endpoint that is another machine', () => {
    const env = { AWS_ENDPOINT_URL: 'https://sqs.eu-west-1.amazonaws.com' };
    expect(() => targetOf({ stack: 'S', local: true }, env)).toThrow(UsageError);
  });

  test('without --local the SDK decides, but for the region', () => {
    expect(targetOf({ stack: 'S' }, {})).toEqual({ stack: 'S' });
    expect(targetOf({ stack: 'S', region: 'eu-west-1' }, { AWS_REGION: 'us-east-1' })).toEqual({
      stack: 'S',
      region: 'eu-west-1',
    });
  });
});

test('moments are so long ago, a day or a time', () => {
  const nowMs = Date.UTC(2026, 0, 10, 12);
  const parse = (text: string) => new Date(parseMoment('--since', text, nowMs)).toISOString();
  expect(parse('90s')).toBe('2026-01-10T11:58:30.000Z');
  expect(parse('10m')).toBe('2026-01-10T11:50:00.000Z');
  expect(parse('2h')).toBe('2026-01-10T10:00:00.000Z');
  expect(parse('3d')).toBe('2026-01-07T12:00:00.000Z');
  expect(parse('1w')).toBe('2026-01-03T12:00:00.000Z');
  expect(parse('2026-01-05')).toBe('2026-01-05T00:00:00.000Z');
  expect(parse('2026-01-05T06:00+02:00')).toBe('2026-01-05T04:00:00.000Z');
  expect(parse('2026-01-05T06:00')).toBe('2026-01-05T06:00:00.000Z');
  expect(parse('2026-01-05 06:00:01')).toBe('2026-01-05T06:00:01.000Z');
  expect(() => parse('2026-01-11')).toThrow('--since 2026-01-11 is in the future: it is 2026-01-10 12:00:00 UTC now.');
  for (const text of ['', '5', '5y', 'soon', '2026-13-01']) expect(() => parse(text)).toThrow(UsageError);
});

test.each([
  [['show', '-a'], 'An id or a file that begins with a dash stands behind "--", after all options.'],
  [['send'], 'send takes files, folders or patterns, or "-" for what comes by a pipe: npx orders send orders.json'],
])('orders %j is refused with the way to say it', async (args, remedy) => {
  const { exitCode, stderr } = await orders(args);
  expect(stderr).toContain(remedy);
  expect(exitCode).toBe(2);
});

describe('as a program', () => {
  test('bin/orders runs as npx runs it, from any folder', async () => {
    const { exitCode, stderr } = await child(['staus'], { cwd: '/' });
    expect(stderr).toContain('Did you mean status?');
    expect(exitCode).toBe(2);
  });

  test('nobody at the endpoint is one line and exit code 1', async () => {
    const { exitCode, stderr } = await child(['status', '--local'], {
      env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
    });
    expect(stderr).toMatch(/^Nothing answers at 127\.0\.0\.1:9: start the pipeline with "npm run local"[^\n]*\n$/);
    expect(exitCode).toBe(1);
  });

  test('no region is a mistake in the command line', async () => {
    const env = { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any', HOME: '/nowhere' };
    const { exitCode, stderr } = await child(['status'], { env });
    expect(stderr).toBe('There is no AWS region: add --region, or set AWS_REGION.\n');
    expect(exitCode).toBe(2);
  });

  test('no credentials are one line and exit code 1', async () => {
    const env = { AWS_REGION: 'eu-west-1', HOME: '/nowhere', AWS_EC2_METADATA_DISABLED: 'true' };
    const { exitCode, stderr } = await child(['status'], { env });
    expect(stderr).toMatch(/^There are no AWS credentials: [^\n]*\n$/);
    expect(exitCode).toBe(1);
  });
});
