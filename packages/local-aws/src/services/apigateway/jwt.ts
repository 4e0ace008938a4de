import { compactVerify, decodeJwt, decodeProtectedHeader, importJWK, type JWK, type JWTPayload } from 'jose';
import { isJsonObject, type JsonObject } from '../../assembly/json.ts';
import type { Clock } from '../../clock.ts';
import { GatewayError } from './gateway-answer.ts';
import { type GatewayRequest, headerValue, queryParameters } from './gateway-request.ts';
import type { JwtAuthorizerModel } from './model.ts';

/** What a token comes to. Claims are texts, as functions get them. */
export type Verdict =
  | { readonly claims: Readonly<Record<string, string>>; readonly scopes: readonly string[] | null }
  | { readonly refusal: GatewayError };

/** API Gateway quotas for HTTP APIs: answers of issuers take 1.5 s at most, keys 150,000 bytes. */
const issuerLimits = { timeoutMs: 1500, bytes: 150_000 };

/** API Gateway keeps public keys for two hours (Developer Guide, "Control access to HTTP APIs with JWT authorizers"). */
const keysKeptMs = 2 * 60 * 60 * 1000;

/** RSA only, as there. */
const algorithms = ['RS256', 'RS384', 'RS512'];

/**
 * Checks tokens as JWT authorizers do: signature by the keys of the issuer, then `iss`, `aud` or `client_id`, `exp`, `nbf`
 * and `iat`, then the scopes of the route. Source: API Gateway Developer Guide, "Control access to HTTP APIs with JWT
 * authorizers" and "Troubleshooting issues with HTTP API JWT authorizers".
 */
export class JwtVerifier {
  readonly #clock: Clock;
  readonly #keys = new Map<string, { readonly keys: readonly JWK[]; readonly fetchedAtMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param scopes the scopes of the route: the token must have at least one of them. Empty: the token needs no scope. */
  async verify(authorizer: JwtAuthorizerModel, scopes: readonly string[], request: GatewayRequest): Promise<Verdict> {
    const token = tokenIn(request, authorizer.identitySource);
    if (token === undefined) return { refusal: unauthorized() };
    try {
      const claims = await this.#verifiedClaims(token, authorizer.issuer);
      const problem = claimProblem(claims, authorizer, Math.floor(this.#clock.now() / 1000));
      if (problem !== undefined) return { refusal: unauthorized(problem) };
      const own = scopesOf(claims);
      if (scopes.length > 0 && !scopes.some((scope) => own.includes(scope))) return { refusal: insufficient(scopes) };
      return { claims: claimTexts(claims), scopes: scopes.length === 0 ? null : own };
    } catch (error) {
      return { refusal: unauthorized(error instanceof TokenProblem ? error.message : 'the token is malformed') };
    }
  }

  async #verifiedClaims(token: string, issuer: string): Promise<JWTPayload> {
    const { alg = '', kid } = decodeProtectedHeader(token);
    if (!algorithms.includes(alg)) throw new TokenProblem(`signing method ${alg} is invalid`);
    const claims = decodeJwt(token);
    const key = await this.#key(issuer, kid);
    if (key === undefined) throw new TokenProblem('unable to find a signing key that matches the kid of the token');
    const imported = await importJWK(key, alg);
    await compactVerify(token, imported, { algorithms }).catch(() => {
      throw new TokenProblem('the signature of the token is invalid');
    });
    return claims;
  }

  /** A key that is not known yet is looked for once more: the issuer may have changed its keys. */
  async #key(issuer: string, kid: string | undefined): Promise<JWK | undefined> {
    const known = this.#keys.get(issuer);
    const isFresh = known !== undefined && this.#clock.now() - known.fetchedAtMs < keysKeptMs;
    const found = isFresh ? known.keys.find((key) => key.kid === kid) : undefined;
    if (found !== undefined) return found;
    const keys = await fetchKeys(issuer);
    this.#keys.set(issuer, { keys, fetchedAtMs: this.#clock.now() });
    return keys.find((key) => key.kid === kid);
  }
}

/** Why a token is refused, as `error_description` says it. */
class TokenProblem extends Error {
  override readonly name = 'TokenProblem';
}

/** The token, or the token behind `Bearer `. */
function tokenIn(request: GatewayRequest, identitySource: string): string | undefined {
  const [, kind = '', name = ''] = /^\$request\.(header|querystring)\.(.+)$/.exec(identitySource) ?? [];
  const text =
    kind === 'header' ? headerValue(request, name) : queryParameters(request).find(([given]) => given === name)?.[1];
  const token = text?.replace(/^Bearer /i, '');
  return token === '' ? undefined : token;
}

/** Discovery, then the keys. The issuer may be a program of this machine: `http` is allowed to loopback addresses. */
async function fetchKeys(issuer: string): Promise<readonly JWK[]> {
  const discovery = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const address = discovery['jwks_uri'];
  if (typeof address !== 'string') throw new TokenProblem('the issuer names no jwks_uri');
  const { keys } = await fetchJson(address);
  return Array.isArray(keys) ? (keys as JWK[]) : [];
}

async function fetchJson(address: string): Promise<JsonObject> {
  const { protocol, hostname } = new URL(address);
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname) || hostname.endsWith('.localhost');
  if (protocol !== 'https:' && !(protocol === 'http:' && isLocal)) {
    throw new TokenProblem(`the issuer's address ${address} must begin with https`);
  }
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(issuerLimits.timeoutMs) });
    const text = await response.text();
    const document: unknown = response.ok && text.length <= issuerLimits.bytes ? JSON.parse(text) : undefined;
    if (isJsonObject(document)) return document;
  } catch {
    // What the issuer does not answer in time counts as no answer.
  }
  throw new TokenProblem(`the issuer does not answer with JSON at ${address}`);
}

function claimProblem(claims: JWTPayload, { issuer, audience }: JwtAuthorizerModel, now: number): string | undefined {
  if (claims.iss !== issuer) return 'the token does not have a valid issuer';
  // `client_id` counts only where there is no `aud`.
  const own = [claims.aud ?? (claims['client_id'] as string | undefined) ?? []].flat();
  if (!own.some((one) => audience.includes(one))) return 'the token does not have a valid audience';
  if (claims.exp === undefined || claims.exp <= now) return 'the token has expired';
  if (claims.nbf !== undefined && claims.nbf > now) return 'the token is not valid yet';
  if (claims.iat !== undefined && claims.iat > now) return 'the token was issued in the future';
  return undefined;
}

function scopesOf({ scope, scp }: JWTPayload): string[] {
  const value = scope ?? scp;
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' ? value.split(' ').filter((one) => one !== '') : [];
}

/** Functions get every claim as a text: a list is `[one two]`. */
function claimTexts(claims: JWTPayload): Record<string, string> {
  return Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, claimText(value)]));
}

function claimText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(String).join(' ')}]`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function unauthorized(problem?: string): GatewayError {
  const detail = problem === undefined ? '' : ` scope="" error="invalid_token" error_description="${problem}"`;
  return new GatewayError(401, 'Unauthorized', problem ?? 'There is no token.', {
    headers: [['www-authenticate', `Bearer${detail}`]],
  });
}

function insufficient(scopes: readonly string[]): GatewayError {
  const problem = 'the token does not have the required scopes';
  const challenge = `Bearer scope="${scopes.join(' ')}" error="insufficient_scope" error_description="${problem}"`;
  return new GatewayError(403, 'Forbidden', problem, { headers: [['www-authenticate', challenge]] });
}
