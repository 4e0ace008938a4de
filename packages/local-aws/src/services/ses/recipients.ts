import type { MailFate } from '../mailbox/mailbox.ts';
import type { MailAddress } from './addresses.ts';
import type { SuppressionList } from './suppression-list.ts';

/** What becomes of a mail to an address, and why. */
export interface Fate {
  readonly fate: MailFate;
  readonly reason?: string;
}

const delivered: Fate = { fate: 'delivered' };

/**
 * The addresses of the mailbox simulator. A label may stand behind the name: `bounce+order-7@simulator.amazonses.com`.
 * Source: SES Developer Guide, "Using the mailbox simulator manually".
 */
const simulated: Readonly<Record<string, Fate>> = {
  success: delivered,
  ooto: { fate: 'delivered', reason: 'The reader is out of the office; the automatic answer is not sent here.' },
  bounce: { fate: 'bounced', reason: 'smtp; 550 5.1.1 user unknown' },
  complaint: { fate: 'complained', reason: 'The reader marked the mail as spam.' },
  suppressionlist: {
    fate: 'suppressed',
    reason: 'The address is on the global suppression list of Amazon SES.',
  },
};

const simulator = 'simulator.amazonses.com';

/**
 * What becomes of a mail that SES has accepted. A bounce of the simulator puts no address on the suppression list (as
 * above), and other addresses never bounce here.
 */
export function fateOf({ address, domain }: MailAddress, suppressed: SuppressionList): Fate {
  const listed = suppressed.find(address);
  if (listed !== undefined) {
    const reason = `The address is on the suppression list of the account, because of a ${listed.reason.toLowerCase()}.`;
    return { fate: 'suppressed', reason };
  }
  if (domain !== simulator) return delivered;
  const name = address.split(/[+@]/)[0]?.toLowerCase() ?? '';
  return Object.hasOwn(simulated, name) ? (simulated[name] ?? delivered) : { fate: 'bounced', reason: unknownName };
}

const unknownName = 'The mailbox simulator has no such address.';

/** Addresses by what becomes of their mails, so that each group is one mail in the mailbox. */
export function byFate(
  addresses: readonly MailAddress[],
  suppressed: SuppressionList,
): readonly (Fate & { readonly to: readonly string[] })[] {
  const groups = Map.groupBy(addresses, (address) => JSON.stringify(fateOf(address, suppressed)));
  return [...groups].map(([fate, members]) => ({
    ...(JSON.parse(fate) as Fate),
    to: members.map(({ address }) => address),
  }));
}
