/** What Node and the CDK print around the error itself. */
const noise = [/^Bundling asset /, /^node:internal\//, /^ +triggerUncaughtException\($/, /^Node\.js v\d/];

/**
 * The error in what a failed CDK app wrote to stderr: the bundler's own words, or where a source file stops and why,
 * without the stack through Node and the CDK. Paths below `projectRoot` (with a slash at its end) become relative.
 */
export function appError(said: string, projectRoot: string): string {
  const lines = said
    .replaceAll(`file://${projectRoot}`, projectRoot)
    .split('\n')
    .filter((line) => !noise.some((pattern) => pattern.test(line)));
  const text = (bundlerErrors(lines) ?? sourceError(lines, projectRoot) ?? lines).join('\n');
  return text.replaceAll(projectRoot, '').trim();
}

/** esbuild prints each error with its place; the CDK then wraps all of them in an error of its own. */
function bundlerErrors(lines: readonly string[]): readonly string[] | undefined {
  const first = lines.findIndex((line) => line.startsWith('✘ [ERROR]'));
  if (first < 0) return undefined;
  const end = lines.findIndex((line, index) => index > first && /^[^\s✘]/.test(line));
  return lines.slice(first, end < 0 ? undefined : end);
}

const isFrame = (line: string) => /^ +at /.test(line);

/** An uncaught error: where it happened, if Node shows that, its message, and else the nearest frame in the project. */
function sourceError(lines: readonly string[], projectRoot: string): readonly string[] | undefined {
  const firstFrame = lines.findIndex(isFrame);
  if (firstFrame < 0) return undefined;
  const place = lines.findIndex((line) => line.startsWith(projectRoot));
  if (place >= 0 && place < firstFrame) return lines.slice(place, firstFrame);
  const nearest = lines.find((line) => isFrame(line) && line.includes(projectRoot) && !line.includes('/node_modules/'));
  return [...lines.slice(0, firstFrame), ...(nearest === undefined ? [] : [nearest])];
}
