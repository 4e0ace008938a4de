import type { Grouping } from '../../shared/message-group.ts';
import type { HttpDoorSettings } from '../http-door.ts';
import type { MailDoorSettings } from '../mail-door.ts';

/** What a pipeline may have beside its core. All of it is off by default, and may be combined. */
export interface DoorSettings {
  /** Whether orders come by HTTP, too (docs/http.md). */
  readonly http: boolean;
  readonly httpDoor: HttpDoorSettings & {
    /** Whether everybody in the internet may use the door: for made-up orders only. Otherwise requests are signed. */
    readonly isOpen: boolean;
  };
  /** Address of who issues the tokens that the HTTP door asks for, `https://…`; undefined: it asks for signatures. */
  readonly jwtIssuer?: string;
  /** For whom these tokens must be: 1 to 50 names. */
  readonly jwtAudience: readonly string[];
  /** What a message group is, in FIFO queues: an order, or all orders of a customer, which wait for each other then. */
  readonly groupBy: Grouping;
  /** Whether a topic tells what became of each order, and process-orders and failed-orders publish (docs/events.md). */
  readonly events: boolean;
  /** E-mail addresses that are told of each failed order. AWS first asks each address for its consent. Needs `events`. */
  readonly notifyEmail: readonly string[];
  /** Whether they are told of each processed order as well. Mail costs 20 USD a million. */
  readonly notifyProcessed: boolean;
  /** Whether events have the words of errors and refusals, which may quote personal data. Needs `events`. */
  readonly allEventReasons: boolean;
  /** Whether customers are told of their processed orders by mail (docs/mail.md). Needs `events` and `mailFrom`. */
  readonly mail: boolean;
  /** The address that these mails come from, without a name. */
  readonly mailFrom?: string;
  /** Whether the stack makes `mailFrom` an identity of SES. No: the account has the address or its domain as one. */
  readonly mailIdentity: boolean;
  readonly mailDoor: MailDoorSettings;
}

/** Context keys that are opened by the value `true`: what `--with` of `npm start` and `npm run local` takes. */
export const doorNames: readonly string[] = ['http', 'events', 'mail', 'fifo'];

export const production: DoorSettings = {
  http: false,
  httpDoor: {
    // An order takes milliseconds. The rest is for a slow start, and for SQS to recover: then a sender is told to wait.
    acceptOrders: { timeoutSeconds: 10, memoryMb: 512 },
    trackOrders: { timeoutSeconds: 10, memoryMb: 512 },
    // At 20 ms each these are ten functions at a time, as many as a new account has for all. A batch brings ten times as
    // many orders.
    requestsPerSecond: 500,
    burst: 500,
    slowMs: 2_000,
    isOpen: false,
  },
  jwtAudience: [],
  groupBy: 'order',
  // A pipeline that nobody listens to needs no topic, and its functions no client of SNS.
  events: false,
  notifyEmail: [],
  notifyProcessed: false,
  allEventReasons: false,
  // Most orders come without an address, and SES wants a sender that somebody has confirmed.
  mail: false,
  mailIdentity: true,
  mailDoor: {
    notifyCustomers: {
      // SES gets four seconds for a mail. Short, because the visibility timeout is six times this.
      timeoutSeconds: 15,
      // As the other consumers: bodies of orders are read here, too.
      memoryMb: 512,
      batchSize: 10,
      windowSeconds: 0,
      // 20 mails at a time. An account out of the sandbox sends 14 a second at first; what is throttled comes back.
      maximumConcurrency: 2,
      partialBatchResponses: true,
      // A read, two writes and SES. The notifications of a batch are handled at the same time.
      slowestRecordSeconds: 0.5,
    },
    // Up to an hour: a mail is in no hurry.
    retry: { baseSeconds: 10, capSeconds: 3_600 },
    // SES or a table that is down for two days parks nothing, as with failed-orders.
    maxReceiveCount: 130,
  },
};

export const lab: DoorSettings = {
  ...production,
  // Whoever tries the lab with curl has no signature, and the orders are made up.
  httpDoor: { ...production.httpDoor, isOpen: true },
};
