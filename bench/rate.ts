import { rate } from '../ops/terminal/progress-text.ts';

/** `1,234/s`. */
export function perSecond(value: number): string {
  return `${rate(value)}/s`;
}
