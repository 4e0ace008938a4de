import { storedBody } from '../../shared/body-pieces.ts';
import type { Changes } from './update-request.ts';

/** The condition that a failure's row has this body: it was not edited since, and no other order is taken for it. */
export function sameBody(body: string): Required<Pick<Changes, 'condition' | 'conditionValues'>> {
  const stored = storedBody(body);
  if ('body' in stored) return { condition: '#body = :body', conditionValues: stored };
  return { condition: '#bodyHash = :bodyHash', conditionValues: { bodyHash: stored.bodyHash } };
}
