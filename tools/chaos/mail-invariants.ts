import type { Evidence } from '../trial/evidence.ts';

/** A sentence for each case in which an invariant does not hold; none in a run without mails. */
type MailInvariant = (evidence: Evidence) => readonly string[];

/** What holds of mails whenever nothing moves any more. In these runs an address tells whose mail it is. */
export const mailInvariants = {
  'nobody has a mail about an order that is not processed': ({ mails, orders }) => {
    const addresses = new Set(orders.map(({ body }) => addressOf(body)));
    return (mails?.delivered ?? [])
      .filter((address) => !addresses.has(address))
      .map((address) => `${address} got a mail, and no order with this address is processed.`);
  },

  // A function that ends between SES and its word of it leaves a mail that is sent again: `tries` says so. An order without
  // an id that was sent twice is two orders with one address.
  'an order has as many mails as SES was asked for at most': (evidence) => {
    const known = addressed(evidence);
    return known.flatMap(({ orderKey, address, count }) => {
      const tries = known.reduce(
        (sum, { row, ...other }) => sum + (other.address === address ? (row?.tries ?? 0) : 0),
        0,
      );
      return count > tries ? [`Order ${orderKey} has ${count} mails, and SES was asked ${tries} times at most.`] : [];
    });
  },

  'every processed order with an address has its mail or a refusal': (evidence) =>
    addressed(evidence)
      .filter(({ row, count }) => !(row?.mail === 'refused' || (row?.mail === 'sent' && count > 0)))
      .map(
        ({ orderKey, row, count }) =>
          `Order ${orderKey} is processed; its row of mail says ${row?.mail ?? 'nothing'}, and ${count} mails came.`,
      ),
} as const satisfies Readonly<Record<string, MailInvariant>>;

/** The processed orders that have an address, each with its row of mail and the number of its mails. */
function addressed({ mails, orders }: Evidence) {
  if (mails === undefined) return [];
  const rows = new Map(mails.rows.map((row) => [row.orderKey, row]));
  return orders.flatMap(({ orderKey, body }) => {
    const address = addressOf(body);
    if (address === undefined) return [];
    const count = mails.delivered.filter((to) => to === address).length;
    return [{ orderKey, address, row: rows.get(orderKey), count }];
  });
}

function addressOf(body: string): string | undefined {
  return (JSON.parse(body) as { readonly customerEmail?: string }).customerEmail;
}
