/** A mail, as SES takes it. */
export interface OutgoingMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** What the mail needs of the body of an order. */
export interface MailedOrder {
  readonly orderId: string | null;
  readonly customerName: string | null;
  readonly customerEmail: string;
  readonly items: readonly string[];
}

/**
 * Reads what a mail needs from the body of an order. The order was good by the schema of its time: what it has not, is
 * left out. Null without an address.
 */
export function mailedOrderOf(body: string): MailedOrder | null {
  const order = JSON.parse(body) as Readonly<Partial<Record<keyof MailedOrder, unknown>>>;
  const { customerEmail, items } = order;
  if (typeof customerEmail !== 'string' || customerEmail === '') return null;
  return {
    orderId: textOrNull(order.orderId),
    customerName: textOrNull(order.customerName),
    customerEmail,
    items: Array.isArray(items) ? items.filter((item) => typeof item === 'string') : [],
  };
}

/** Items that a mail names at most. */
const mostItems = 100;

/** The confirmation. Text only: a customer's name and items are any text, and HTML would read them as tags. */
export function mailOf({ orderId, customerName, customerEmail, items }: MailedOrder): OutgoingMail {
  const shown = items.slice(0, mostItems).map((item) => `- ${oneLine(item)}`);
  const more = items.length > mostItems ? [`… and ${items.length - mostItems} more`] : [];
  const name = customerName === null ? '' : ` ${oneLine(customerName)}`;
  const order = orderId === null ? 'Your order' : `Your order ${oneLine(orderId)}`;
  const list = items.length === 0 ? [] : ['', 'You ordered:', ...shown, ...more];
  return {
    to: customerEmail,
    subject: `${order} is confirmed`,
    text: [`Hello${name},`, '', `${order} was processed.`, ...list, '', 'Thank you.', ''].join('\n'),
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Without line ends and other control characters, which could make up lines of the mail. */
function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]+/g, ' ').slice(0, 200);
}
