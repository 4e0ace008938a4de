import { LocalRuntimeError } from '../errors.ts';
import { LeftOut, type LeftOutPart, partKey, type StackPart } from './left-out.ts';

/** Everything that stands in the way of an assembly. Code, remedy and place are those of the first problem. */
export class AssemblyProblems extends LocalRuntimeError {
  readonly problems: readonly LocalRuntimeError[];

  constructor(problems: readonly LocalRuntimeError[], first: LocalRuntimeError, message: string) {
    super(first.code, first.reason, first.remedy, first.place);
    this.problems = problems;
    this.message = message;
  }
}

/** What is not here, and what the runtime does not know. AWS would take it. */
const cannotRunHere: ReadonlySet<string> = new Set([
  'CODE_NOT_FOUND',
  'PROPERTY_UNKNOWN',
  'PROPERTY_UNSUPPORTED',
  'RESOURCE_TYPE_UNKNOWN',
  'RESOURCE_UNSUPPORTED',
  'RUNTIME_UNSUPPORTED',
]);

interface Found {
  readonly error: LocalRuntimeError;
  readonly part: StackPart | undefined;
}

/**
 * Reads an assembly. When the reading is refused, it tries again without the part at fault, and so on: so a person is
 * told all problems at once.
 *
 * @param names what a person chose to leave out
 * @throws {LocalRuntimeError} the only problem, or `AssemblyProblems`
 */
export function tellingAllProblems<Result>(names: readonly string[], attempt: (leftOut: LeftOut) => Result): Result {
  const found: Found[] = [];
  for (;;) {
    const supposed = found.flatMap(({ part }) => part ?? []);
    const leftOut = new LeftOut(names, supposed);
    try {
      const result = attempt(leftOut);
      if (found.length === 0) return result;
    } catch (error) {
      if (!(error instanceof LocalRuntimeError)) throw error;
      const part = partAtFault(error, leftOut);
      found.push({ error, part });
      if (part !== undefined) continue;
    }
    throw allOf(found, leftOut.parts);
  }
}

/** What to leave out so that the reading gets past the error. Undefined when that is nothing, or did not help. */
function partAtFault({ code, place }: LocalRuntimeError, leftOut: LeftOut): StackPart | undefined {
  const { stack, logicalId, property: path } = place;
  if (stack === undefined || logicalId === undefined) return undefined;
  const [, section, property] = path?.split('/') ?? [];
  const resource = { stack, logicalId };
  const isProperty = property !== undefined && code.startsWith('PROPERTY_UN');
  const parts =
    section === 'Outputs'
      ? [{ ...resource, property: section }]
      : [...(isProperty ? [{ ...resource, property }] : []), resource];
  return parts.find((part) => !leftOut.isSupposed(part));
}

function allOf(found: readonly Found[], leftOut: readonly LeftOutPart[]): LocalRuntimeError {
  const [first] = found;
  if (first === undefined) throw new Error('There is no problem to tell.');
  const skips = skipsFor(found, leftOut);
  const problems = found.map(({ error }) => error);
  const lines = [
    ...(problems.length === 1 ? [first.error.message] : listed(problems)),
    ...(skips.length === 0 ? [] : ['What you can leave out, so that the rest runs:', ...skipLines(skips)]),
  ];
  if (lines.length === 1) return first.error;
  return new AssemblyProblems(problems, first.error, lines.join('\n'));
}

/** Logical ids in a line. */
const mostNamed = 10;

/** Problems with the same words share a line. */
function listed(problems: readonly LocalRuntimeError[]): string[] {
  const alike = Map.groupBy(problems, ({ code, place, reason, remedy }) =>
    JSON.stringify([code, place.stack, place.property, reason, remedy]),
  );
  const lines = [...alike.values()].flatMap(([error, ...others]) => {
    if (error === undefined) return [];
    const { code, place, reason, remedy } = error;
    const logicalIds = [error, ...others].flatMap((same) => same.place.logicalId ?? []);
    const named = logicalIds.slice(0, mostNamed).join(', ');
    const more = logicalIds.length > mostNamed ? ` and ${logicalIds.length - mostNamed} more` : '';
    const where = [place.stack, named + more, place.property].filter((part) => part !== undefined && part !== '');
    return [`  ${code}${where.length === 0 ? '' : ` at ${where.join(' ')}`}: ${reason} ${remedy}`];
  });
  return [`${problems.length} problems stand in the way of this assembly:`, ...lines];
}

/** One of each name. */
function skipsFor(found: readonly Found[], leftOut: readonly LeftOutPart[]): LeftOutPart[] {
  const byKey = new Map(leftOut.map((part) => [partKey(part), part]));
  const skips = found.flatMap(({ error, part }) => {
    const known = part === undefined ? undefined : byKey.get(partKey(part));
    if (known === undefined || !cannotRunHere.has(error.code)) return [];
    return [known];
  });
  return [...new Map(skips.map((skip) => [skip.name, skip])).values()];
}

function skipLines(skips: readonly LeftOutPart[]): string[] {
  const lines = skips.map(({ name, meaning }) => `  --skip ${name}: ${meaning}`);
  return skips.length === 1 ? lines : [...lines, `Together: ${skips.map(({ name }) => `--skip ${name}`).join(' ')}`];
}
