import { describe, expect, test } from '@jest/globals';
import { targetOf } from '../../../../tools/orders/aws/clients.ts';
import { refuseLocalAddress } from '../../../../tools/orders/aws/endpoint.ts';

describe('an address behind --local is refused with the command line that was meant:', () => {
  test.each([
    ['status --local http://0.0.0.0:4567', 'AWS_ENDPOINT_URL=http://127.0.0.1:4567 npx orders status --local'],
    ['--local localhost:4566 status', 'AWS_ENDPOINT_URL=http://localhost:4566 npx orders status --local'],
    ['status --local http://[::1]/path --json', 'AWS_ENDPOINT_URL=http://[::1]:4566 npx orders status --json --local'],
    ['show A-1 --local=127.0.0.1', 'AWS_ENDPOINT_URL=http://127.0.0.1:4566 npx orders show A-1 --local'],
    ['status --local=4567', 'AWS_ENDPOINT_URL=http://127.0.0.1:4567 npx orders status --local'],
  ])('orders %s', (line, meant) => {
    expect(() => refuseLocalAddress(line.split(' '))).toThrow(`--local takes no address: `);
    expect(() => refuseLocalAddress(line.split(' '))).toThrow(meant);
  });

  test.each([
    'status --local',
    'show --local 4566',
    'show --local -- localhost:4566',
    'send --local 1.json',
    'send --local http://example.com/orders.json',
    'logs --local process-orders',
  ])('orders %s has none', (line) => {
    expect(() => refuseLocalAddress(line.split(' '))).not.toThrow();
  });
});

const target = (endpoint: string) => () => targetOf({ local: true }, { AWS_ENDPOINT_URL: endpoint });

test('where a server listens for all addresses is no address to ask, and the message has one', () => {
  expect(target('http://0.0.0.0:4567')).toThrow('Ask at one of them: AWS_ENDPOINT_URL=http://127.0.0.1:4567');
  expect(target('http://[::]')).toThrow('Ask at one of them: AWS_ENDPOINT_URL=http://127.0.0.1:4566');
  expect(target('http://10.0.0.1:4566')).toThrow('--local is this machine');
  expect(target('http://127.0.0.2:4566')()).toMatchObject({ endpoint: 'http://127.0.0.2:4566' });
});
