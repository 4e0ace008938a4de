import { describe, expect, test } from '@jest/globals';
import { credentialScope } from '../../src/endpoint/call-context.ts';

describe('the credential scope', () => {
  test('is read from a signature', () => {
    const header =
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-central-1/sqs/aws4_request, SignedHeaders=host, Signature=00';
    expect(credentialScope(header, null)).toEqual({
      accessKeyId: 'AKIDEXAMPLE',
      region: 'eu-central-1',
      service: 'sqs',
    });
  });

  test('is read from a presigned URL', () => {
    expect(credentialScope(undefined, 'AKID/20260101/us-east-1/lambda/aws4_request')?.service).toBe('lambda');
  });

  test('may have an access key id with slashes', () => {
    const header = 'AWS4-HMAC-SHA256 Credential=a/b/20260101/us-east-1/logs/aws4_request';
    expect(credentialScope(header, null)).toMatchObject({ accessKeyId: 'a/b', service: 'logs' });
  });

  test.each([undefined, '', 'Bearer x', 'AWS4-HMAC-SHA256 Credential=AKID', 'AWS4-HMAC-SHA256 Credential=a/b/c'])(
    'is missing from %j',
    (header) => {
      expect(credentialScope(header, null)).toBeUndefined();
    },
  );
});
