import { failureKinds } from '../../shared/log-messages.ts';

/** Why something failed, in one line: its reasons, or what its kind means where it has none. */
export function whyText({ kind, reasons }: { readonly kind: string; readonly reasons: readonly string[] }): string {
  if (reasons.length > 0) return reasons.join(', ');
  return kind === failureKinds.outOfAttempts ? 'a valid order whose attempts were used up' : kind;
}
