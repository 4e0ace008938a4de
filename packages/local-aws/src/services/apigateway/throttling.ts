import type { Clock } from '../../clock.ts';
import type { StageModel, Throttle } from './model.ts';

/** Of an account and region, for all APIs together (API Gateway Developer Guide, "Amazon API Gateway quotas"). */
const accountThrottle = { rateLimit: 10_000, burstLimit: 5000 };

interface Bucket {
  readonly rateLimit: number;
  readonly burstLimit: number;
  tokens: number;
  atMs: number;
}

/**
 * Token buckets: one of the account, and one of each route and stage that has limits. A request takes a token of both.
 * A bucket holds as many tokens as the burst limit, and fills up by the rate limit. Source: API Gateway Developer Guide,
 * "Throttle requests to your HTTP APIs".
 */
export class Throttling {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether the request may pass. Buckets whose limits have changed begin full. */
  admits(
    apiId: string,
    stage: Pick<StageModel, 'name' | 'defaultThrottle' | 'routeThrottles'>,
    routeKey: string,
  ): boolean {
    if (!this.#take('account', accountThrottle)) return false;
    const limits = { ...stage.defaultThrottle, ...stage.routeThrottles[routeKey] };
    return this.#take(`${apiId} ${stage.name} ${routeKey}`, limits);
  }

  #take(key: string, { rateLimit, burstLimit }: Throttle): boolean {
    if (rateLimit === undefined && burstLimit === undefined) return true;
    const bucket = this.#bucket(key, rateLimit ?? accountThrottle.rateLimit, burstLimit ?? accountThrottle.burstLimit);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  #bucket(key: string, rateLimit: number, burstLimit: number): Bucket {
    const atMs = this.#clock.now();
    const known = this.#buckets.get(key);
    if (known !== undefined && known.rateLimit === rateLimit && known.burstLimit === burstLimit) {
      // A clock that is set back takes no tokens.
      const elapsedMs = Math.max(0, atMs - known.atMs);
      known.tokens = Math.min(burstLimit, known.tokens + (elapsedMs / 1000) * rateLimit);
      known.atMs = atMs;
      return known;
    }
    const full = { rateLimit, burstLimit, tokens: burstLimit, atMs };
    this.#buckets.set(key, full);
    return full;
  }
}
