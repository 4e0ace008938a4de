import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { CredentialRegistry } from '../../src/services/iam/credentials.ts';

const roleArn = 'arn:aws:iam::000000000000:role/sender';

describe("a function's credentials", () => {
  test('look like those of a session, and name its role', () => {
    const registry = new CredentialRegistry(randomBytes);
    const credentials = registry.issue({ roleArn, sessionName: 'generate' });
    expect(credentials.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(credentials.secretAccessKey).toHaveLength(40);
    expect(registry.callerFor(credentials.accessKeyId)).toEqual({
      accessKeyId: credentials.accessKeyId,
      roleArn,
      sessionName: 'generate',
    });
  });

  test('are new for each session, and old ones go on naming their role', () => {
    const registry = new CredentialRegistry(randomBytes);
    const before = registry.issue({ roleArn, sessionName: 'generate' });
    const after = registry.issue({ roleArn: `${roleArn}2`, sessionName: 'generate' });
    expect(registry.issue({ roleArn, sessionName: 'generate' }).accessKeyId).not.toBe(before.accessKeyId);
    expect(registry.callerFor(before.accessKeyId).roleArn).toBe(roleArn);
    expect(registry.callerFor(after.accessKeyId).roleArn).toBe(`${roleArn}2`);
  });

  test('that were not issued here are the developer', () => {
    const registry = new CredentialRegistry(randomBytes);
    expect(registry.callerFor('test')).toEqual({ accessKeyId: 'test' });
    expect(registry.callerFor(undefined)).toEqual({ accessKeyId: '' });
  });
});
