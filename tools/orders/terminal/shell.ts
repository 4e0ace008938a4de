/** The options that lead a command to the same pipeline again. */
interface TargetWords {
  readonly stack?: string;
  readonly stage?: string;
  readonly region?: string;
  readonly local?: boolean;
}

/** Makes a line that a person can paste: `npx orders replay ID --local`. @param ids of orders or failures */
export type Hint = (words: string, ids?: readonly string[]) => string;

/** Hints for the pipeline that a command line named. An id that begins with a dash stands behind `--`. */
export function hintFor({ stack, stage, region, local }: TargetWords = {}): Hint {
  const options = [
    ...(local === true ? ['--local'] : []),
    ...(stack === undefined ? [] : ['--stack', shellWord(stack)]),
    ...(stage === undefined ? [] : ['--stage', shellWord(stage)]),
    ...(region === undefined ? [] : ['--region', shellWord(region)]),
  ];
  return (words, ids = []) => {
    const shown = ids.map(shellWord);
    const line = ids.some((id) => id.startsWith('-')) ? [...options, '--', ...shown] : [...shown, ...options];
    return ['npx orders', words, ...line].join(' ');
  };
}

/** A word as a shell takes it literally: plain where it can be, else in single quotes. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
