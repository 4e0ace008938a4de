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
  /** Whether a topic tells what became of each order, and process-orders and failed-orders publish (docs/events.md). */
  readonly events: boolean;
  /** E-mail addresses that are told of each failed order. AWS first asks each address for its consent. Needs `events`. */
  readonly notifyEmail: readonly string[];
  /** Whether they are told of each processed order as well. Mail costs 20 USD a million. */
  readonly notifyProcessed: boolean;
  /** Whether events have the words of errors and refusals, which may quote personal data. Needs `events`. */
  readonly allEventReasons: boolean;
}

/** Context keys that are opened by the value `true`: what `--with` of `npm start` and `npm run local` takes. */
export const doorNames: readonly (keyof DoorSettings)[] = ['http', 'events'];

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
  // A pipeline that nobody listens to needs no topic, and its functions no client of SNS.
  events: false,
  notifyEmail: [],
  notifyProcessed: false,
  allEventReasons: false,
};

export const lab: DoorSettings = {
  ...production,
  // Whoever tries the lab with curl has no signature, and the orders are made up.
  httpDoor: { ...production.httpDoor, isOpen: true },
};
