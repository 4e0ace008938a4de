import type { MailAddress } from './addresses.ts';
import type { EmailIdentityModel } from './model.ts';

/** Whose mails the account may send. */
export interface Identity {
  /** An address or a domain. */
  readonly name: string;
  readonly type: 'EMAIL_ADDRESS' | 'DOMAIN';
}

/**
 * The verified identities: those of the templates, and those that clients created. Every identity counts as verified:
 * nobody here can click on the link in a mail, or publish a DNS entry.
 */
export class Identities {
  readonly #identities = new Map<string, Identity>();
  #declared: readonly string[] = [];

  /** Takes on the identities of a template. What clients created stays. */
  declare(identities: readonly EmailIdentityModel[]): void {
    const names = identities.map(({ name }) => keyOf(name));
    for (const name of this.#declared) if (!names.includes(name)) this.#identities.delete(name);
    for (const { name } of identities) this.add(name);
    this.#declared = names;
  }

  add(name: string): Identity {
    const identity: Identity = { name: keyOf(name), type: name.includes('@') ? 'EMAIL_ADDRESS' : 'DOMAIN' };
    this.#identities.set(identity.name, identity);
    return identity;
  }

  /** Whether there was such an identity. */
  remove(name: string): boolean {
    return this.#identities.delete(keyOf(name));
  }

  find(name: string): Identity | undefined {
    return this.#identities.get(keyOf(name));
  }

  /** By their names, in alphabetical order. */
  all(): readonly Identity[] {
    return [...this.#identities.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * The identity that an address may send by. The address itself goes before its domain, and a domain before the domain
   * above it: a verified domain is good for its subdomains. Source: SES Developer Guide, "Creating and verifying
   * identities in Amazon SES".
   */
  identityOf({ address, domain }: MailAddress): Identity | undefined {
    const parts = domain.split('.');
    const domains = parts.map((_part, index) => parts.slice(index).join('.'));
    return [address, ...domains].map((name) => this.find(name)).find((identity) => identity !== undefined);
  }
}

/** The part before the @ is case-sensitive, the domain is not (SES Developer Guide, as above). */
function keyOf(name: string): string {
  const at = name.lastIndexOf('@');
  return name.slice(0, at + 1) + name.slice(at + 1).toLowerCase();
}
