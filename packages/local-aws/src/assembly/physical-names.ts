import { createHash } from 'node:crypto';

/** Letters and digits that look random and are the same for the same seed: reading a template twice names alike. */
function characters(seed: string, count: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
  const digest = createHash('sha256').update(seed).digest();
  return [...digest.subarray(0, count)].map((byte) => alphabet[byte % alphabet.length]).join('');
}

/** A name as CloudFormation generates names: `stack-logicalId-XXXXXXXXXXXX`, cut to `maxLength` characters. */
export function generatedName(stack: string, logicalId: string, maxLength: number, ending = ''): string {
  const suffix = `-${characters(`${stack}/${logicalId}`, 12)}${ending}`;
  return `${stack}-${logicalId}`.slice(0, maxLength - suffix.length) + suffix;
}

/** A UUID of version 4's shape, the same for the same stack and logical id. */
export function generatedUuid(stack: string, logicalId: string): string {
  const hex = createHash('sha256').update(`${stack}/${logicalId}/uuid`).digest('hex');
  const variant = '89ab'[parseInt(hex.charAt(16), 16) % 4];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** A unique id as IAM gives a role: AROA and 17 characters. */
export function generatedRoleId(stack: string, logicalId: string): string {
  return `AROA${characters(`${stack}/${logicalId}/role`, 17)}`;
}

/** An id of lower-case letters and digits, as API Gateway gives to APIs (10 characters) and routes (7). */
export function generatedId(stack: string, logicalId: string, length: number): string {
  return characters(`${stack}/${logicalId}/id`, length).toLowerCase();
}
