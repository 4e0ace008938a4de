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

/**
 * Reads an assembly. When the reading is refused, it tries again without the part at fault, and so on: so a person is
 * told all problems at once.
 *
 * @param names what a person chose to leave out
 * @throws {LocalRuntimeError} the only problem, or `AssemblyProblems`
 */
export function tellingAllProblems<Result>(names: readonly string[], attempt: (leftOut: LeftOut) => Result): Result {
  const found: LocalRuntimeError[] = [];
  const supposed: StackPart[] = [];
  for (;;) {
    const leftOut = new LeftOut(names, supposed);
    const outcome = outcomeOf(() => attempt(leftOut));
    if (!(outcome instanceof LocalRuntimeError)) {
      if (found.length === 0) return outcome;
      throw allOf(found, leftOut.parts);
    }
    const [property, resource] = partsAtFault(outcome);
    // A property that is left out is missed: this follows from the problem before.
    if (property === undefined || !leftOut.isSupposed(property)) found.push(outcome);
    const next = [property, resource].find((part) => part !== undefined && !leftOut.isSupposed(part));
    if (next === undefined) throw allOf(found, leftOut.parts);
    supposed.push(next);
  }
}

function outcomeOf<Result>(attempt: () => Result): Result | LocalRuntimeError {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof LocalRuntimeError) return error;
    throw error;
  }
}

/** The property (or output) and the resource that an error names, as far as it names them. */
function partsAtFault({
  place,
}: LocalRuntimeError): [property: StackPart | undefined, resource: StackPart | undefined] {
  const { stack, logicalId, property: path } = place;
  if (stack === undefined || logicalId === undefined) return [undefined, undefined];
  const [, section, property] = path?.split('/') ?? [];
  const resource = { stack, logicalId };
  if (section === 'Outputs') return [{ ...resource, property: section }, undefined];
  return [property === undefined ? undefined : { ...resource, property }, resource];
}

function allOf(all: readonly LocalRuntimeError[], leftOut: readonly LeftOutPart[]): LocalRuntimeError {
  const problems = withoutFollowers(all, leftOut);
  const [first] = problems;
  if (first === undefined) throw new Error('There is no problem to tell.');
  const skips = skipsFor(problems, leftOut);
  const lines = [
    ...(problems.length === 1 ? [first.message] : listed(problems)),
    ...(skips.length === 0 ? [] : ['What you can leave out, so that the rest runs:', ...skipLines(skips)]),
  ];
  if (lines.length === 1) return first;
  return new AssemblyProblems(problems, first, lines.join('\n'));
}

/** Without a policy that could not be read, the role of a mapping lacks what the policy would have allowed. */
function withoutFollowers(
  all: readonly LocalRuntimeError[],
  leftOut: readonly LeftOutPart[],
): readonly LocalRuntimeError[] {
  const lacksPolicies = leftOut.some(({ type }) => type.startsWith('AWS::IAM::'));
  return lacksPolicies ? all.filter(({ code }) => code !== 'MAPPING_ROLE') : all;
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
function skipsFor(problems: readonly LocalRuntimeError[], leftOut: readonly LeftOutPart[]): LeftOutPart[] {
  const byKey = new Map(leftOut.map((part) => [partKey(part), part]));
  const skips = problems
    .filter(({ code }) => cannotRunHere.has(code))
    .flatMap((problem) => {
      const [property, resource] = partsAtFault(problem);
      const part = problem.code.startsWith('PROPERTY_') ? property : resource;
      return (part && byKey.get(partKey(part))) ?? [];
    });
  return [...new Map(skips.map((skip) => [skip.name, skip])).values()];
}

function skipLines(skips: readonly LeftOutPart[]): string[] {
  const lines = skips.map(({ name, meaning }) => `  --skip ${name}: ${meaning}`);
  return skips.length === 1 ? lines : [...lines, `Together: ${skips.map(({ name }) => `--skip ${name}`).join(' ')}`];
}
