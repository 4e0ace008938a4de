import type { Term, TermPattern } from './term-pattern.ts';

/** Whether a message has what an unstructured filter pattern asks for. */
export function matchesTerms({ all, any, none }: TermPattern, message: string): boolean {
  const occurs = (term: Term) => (typeof term === 'string' ? message.includes(term) : term.test(message));
  return all.every(occurs) && (any.length === 0 || any.some(occurs)) && !none.some(occurs);
}
