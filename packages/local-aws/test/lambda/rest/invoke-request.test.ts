import { describe, expect, test } from '@jest/globals';
import { parseInvokeRequest } from '../../../src/services/lambda/invoke-api.ts';

const contextOf = (text: string) => {
  const headers = { 'x-amz-client-context': Buffer.from(text).toString('base64') };
  const request = { method: 'POST', parameters: {}, query: new URLSearchParams(), headers, body: Buffer.of() };
  return parseInvokeRequest(request).clientContext;
};

describe('a client context', () => {
  test('is passed on as JSON in letters that a header can hold', () => {
    const context = contextOf('{\n  "tag": "blau € 😀"\n}') ?? '';
    expect(context).toMatch(/^[ -~]+$/);
    expect(JSON.parse(context)).toEqual({ tag: 'blau € 😀' });
  });

  test.each(['no JSON', '7', 'null', '[]', ''])('of %j, which is no JSON object, is refused', (text) => {
    expect(() => contextOf(text)).toThrow(
      expect.objectContaining({
        code: 'InvalidRequestContentException',
        message: 'Client context must be a valid Base64-encoded JSON object.',
      }),
    );
  });

  test('of more than 3,583 bytes is refused', () => {
    // Base64 has a multiple of four: 3,580 bytes, and then 3,584.
    const longest = `{"a":"${'x'.repeat(2677)}"}`;
    expect(contextOf(longest)).toBe(longest);
    expect(() => contextOf(`${longest} `)).toThrow('Client context must have at most 3583 bytes in Base64, not 3584.');
  });
});
