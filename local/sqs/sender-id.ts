import { hash } from 'node:crypto';
import type { Caller } from '../endpoint/service.ts';

const known = new Map<string, string>();

/**
 * `SenderId`: a user's unique id, or a role's with the session's name after it (IAM User Guide, "Unique identifiers").
 * Here both are made of what is known of the caller, and stay the same for the same caller.
 */
export function senderIdOf({ accessKeyId, roleArn, sessionName }: Caller): string {
  const key = `${roleArn ?? ''} ${sessionName ?? accessKeyId}`;
  let id = known.get(key);
  if (id === undefined) {
    const unique = hash('sha256', roleArn ?? accessKeyId, 'hex')
      .slice(0, 17)
      .toUpperCase();
    id = roleArn === undefined ? `AIDA${unique}` : `AROA${unique}:${sessionName ?? accessKeyId}`;
    known.set(key, id);
  }
  return id;
}
