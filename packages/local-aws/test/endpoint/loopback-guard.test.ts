import { describe, expect, test } from '@jest/globals';
import { refusal } from '../../src/endpoint/request-guard.ts';

describe('the loopback guard', () => {
  test.each([
    '127.0.0.1:4566',
    '127.0.0.1',
    'localhost:4566',
    'LOCALHOST',
    '[::1]:4566',
    'sqs.eu-central-1.localhost:4566',
    'lambda.localhost',
  ])('lets the host %s pass', (host) => {
    expect(refusal({ host })).toBeUndefined();
  });

  test.each([
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example:4566',
    '192.168.1.5:4566',
    '',
    'a@localhost',
  ])('refuses the host "%s", to which a rebound DNS name would lead', (host) => {
    expect(refusal({ host })).toContain('Host');
  });

  test.each([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost.evil.example' },
    { 'sec-fetch-site': 'cross-site' },
  ])('refuses a web page: %j', (headers) => {
    expect(refusal({ host: 'localhost:4566', ...headers })).toBeDefined();
  });

  test("lets the developer's own page on this machine pass", () => {
    const headers = { host: 'localhost:4566', origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' };
    expect(refusal(headers)).toBeUndefined();
  });
});
