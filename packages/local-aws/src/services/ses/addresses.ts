import { addressParser } from 'postal-mime';
import { AwsError } from '../../endpoint/api.ts';

/** An address as SES sees it. */
export interface MailAddress {
  /** Display name; empty for none. */
  readonly name: string;
  /** `user@example.com`. */
  readonly address: string;
  readonly domain: string;
}

/** Most characters of an address and of its local part (RFC 5321, 4.5.3.1; SES: 320 for both parts together). */
const mostCharacters = 320;

/**
 * Reads one address: `user@example.com` or `Name <user@example.com>`.
 *
 * @throws {AwsError} BadRequestException in the words that SES's users report
 */
export function readAddress(text: string): MailAddress {
  const [one, ...others] = addressParser(text, { flatten: true });
  if (one?.address === undefined || others.length > 0) throw refused('Illegal address');
  const { name, address } = one;
  const at = address.lastIndexOf('@');
  const [local, domain] = [address.slice(0, Math.max(at, 0)), address.slice(at + 1)];
  if (at < 1 || domain === '') throw refused("Missing final '@domain'");
  if (address.length > mostCharacters) throw refused('Address length is more than 320 characters long');
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\s\u0000-\u001f\u007f]/.test(local)) throw refused('Local address contains control or whitespace');
  // oxlint-disable-next-line no-control-regex -- as above
  if (/[\s\u0000-\u001f\u007f]/.test(domain)) throw refused('Domain contains control or whitespace');
  if (!/^[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)*$/i.test(domain)) {
    throw refused('Domain contains illegal character');
  }
  // SES Developer Guide, "Creating and verifying identities": beyond ASCII only as punycode.
  if (/[^ -~]/.test(local)) throw refused('Illegal address');
  return { name, address, domain: domain.toLowerCase() };
}

function refused(message: string): AwsError {
  return new AwsError('BadRequestException', message);
}
