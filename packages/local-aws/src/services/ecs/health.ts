import type { HealthCheckModel } from './model.ts';

/** What ECS says of a container: `UNKNOWN` until the first check that counts. */
export type HealthStatus = 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY';

/** Before its first success, a container is looked at each second: a developer waits for it. */
const betweenFirstChecksMs = 1000;

/** What is known of a container's health. Times in milliseconds. */
export interface Health {
  readonly status: HealthStatus;
  readonly startedAtMs: number;
  /** In a row, among those that count. */
  readonly failures: number;
}

export function startedHealth(startedAtMs: number): Health {
  return { status: 'UNKNOWN', startedAtMs, failures: 0 };
}

/**
 * What a check changes (ECS API reference, HealthCheck). A success makes healthy at once. Failures count when the start
 * period is over, or after the first success; `retries` of them in a row make unhealthy. Before the first success there
 * are more checks here than on AWS, so that only those count which AWS would have made.
 */
export function afterCheck(health: Health, check: HealthCheckModel, isOk: boolean, atMs: number): Health {
  if (isOk) return { ...health, status: 'HEALTHY', failures: 0 };
  if (health.status !== 'UNKNOWN') return counted(health, check, health.failures + 1);
  const sinceStartMs = atMs - health.startedAtMs - check.startPeriodSeconds * 1000;
  return counted(health, check, Math.max(0, Math.floor(sinceStartMs / (check.intervalSeconds * 1000))));
}

function counted(health: Health, { retries }: HealthCheckModel, failures: number): Health {
  return { ...health, failures, status: failures >= retries ? 'UNHEALTHY' : health.status };
}

/** How long to wait before the next check. */
export function nextCheckMs({ status }: Health, { intervalSeconds }: HealthCheckModel): number {
  return status === 'UNKNOWN' ? Math.min(betweenFirstChecksMs, intervalSeconds * 1000) : intervalSeconds * 1000;
}
