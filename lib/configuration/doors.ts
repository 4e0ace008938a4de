import type { Grouping } from '../../shared/message-group.ts';
import type { HttpDoorSettings } from '../http-door.ts';

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
}

/** Context keys that are opened by the value `true`: what `--with` of `npm start` and `npm run local` takes. */
export const doorNames: readonly string[] = ['http', 'fifo'];

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
};

export const lab: DoorSettings = {
  ...production,
  // Whoever tries the lab with curl has no signature, and the orders are made up.
  httpDoor: { ...production.httpDoor, isOpen: true },
};
