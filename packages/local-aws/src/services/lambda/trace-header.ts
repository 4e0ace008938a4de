import { randomBytes } from 'node:crypto';

/** An `X-Amzn-Trace-Id` that is not sampled: what Lambda hands a function without active tracing. */
export function newTraceHeader(nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
}
