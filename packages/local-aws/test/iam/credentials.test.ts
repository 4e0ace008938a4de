import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { CredentialRegistry } from '../../src/services/iam/credentials.ts';

const roleArn = 'arn:aws:iam::000000000000:role/sender';

describe("a function's credentials", () => {
  test('look like those of a session, and name its role', () => {
    const registry = new CredentialRegistry(randomBytes);
    const credentials = registry.credentialsFor({ name: 'generate', roleArn });
    expect(credentials.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(credentials.secretAccessKey).toHaveLength(40);
    expect(registry.callerFor(credentials.accessKeyId)).toEqual({
      accessKeyId: credentials.accessKeyId,
      roleArn,
      sessionName: 'generate',
    });
  });

  test('stay the same until its role changes', () => {
    const registry = new CredentialRegistry(randomBytes);
    const before = registry.credentialsFor({ name: 'generate', roleArn });
    expect(registry.credentialsFor({ name: 'generate', roleArn })).toBe(before);
    const after = registry.credentialsFor({ name: 'generate', roleArn: `${roleArn}2` });
    expect(after.accessKeyId).not.toBe(before.accessKeyId);
    expect(registry.callerFor(before.accessKeyId).roleArn).toBe(roleArn);
  });

  test('that were not issued here are the developer', () => {
    const registry = new CredentialRegistry(randomBytes);
    expect(registry.callerFor('test')).toEqual({ accessKeyId: 'test' });
    expect(registry.callerFor(undefined)).toEqual({ accessKeyId: '' });
  });
});
