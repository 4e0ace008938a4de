import type { Clock } from '../../clock.ts';

/** Why an address is on the list. */
export type SuppressionReason = 'BOUNCE' | 'COMPLAINT';

/** An address on the list. */
export interface SuppressedAddress {
  readonly address: string;
  readonly reason: SuppressionReason;
  /** Epoch milliseconds. */
  readonly updatedAtMs: number;
}

/** The account's list of addresses that SES sends nothing to. Sending to them succeeds, and nothing arrives. */
export class SuppressionList {
  readonly #clock: Clock;
  readonly #addresses = new Map<string, SuppressedAddress>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  put(address: string, reason: SuppressionReason): void {
    this.#addresses.set(keyOf(address), { address, reason, updatedAtMs: this.#clock.now() });
  }

  find(address: string): SuppressedAddress | undefined {
    return this.#addresses.get(keyOf(address));
  }

  /** Whether the address was on the list. */
  remove(address: string): boolean {
    return this.#addresses.delete(keyOf(address));
  }

  all(): readonly SuppressedAddress[] {
    return [...this.#addresses.values()];
  }
}

/** The list makes no difference between capital and small letters (SES API v2 reference, PutSuppressedDestination). */
function keyOf(address: string): string {
  return address.toLowerCase();
}
