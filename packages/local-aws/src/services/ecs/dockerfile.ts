import { isAbsolute, join, normalize } from 'node:path/posix';

/** What a Dockerfile makes of its folder, when it only copies onto a Node base image. */
export interface ImagePlan {
  /** `node:24-slim`. */
  readonly baseImage: string;
  /** 24 of `node:24-slim`; undefined for `node:lts` and its kind. */
  readonly nodeMajor?: number;
  /** Absolute. */
  readonly workingDirectory: string;
  readonly copies: readonly Copy[];
  readonly environment: Readonly<Record<string, string>>;
  /** Ports of EXPOSE. */
  readonly exposedPorts: readonly number[];
  readonly entryPoint?: readonly string[];
  readonly command?: readonly string[];
}

/** One COPY. */
export interface Copy {
  /** Paths and patterns below the folder of the build. */
  readonly sources: readonly string[];
  /** Absolute path in the image. */
  readonly destination: string;
  /** Whether the destination was written as a folder, with `/` at its end. */
  readonly intoFolder: boolean;
}

/** A Dockerfile that cannot be followed here: the line, why, and what to do instead. */
export class UnsupportedDockerfile extends Error {
  override readonly name = 'UnsupportedDockerfile';
  readonly remedy: string;

  constructor(line: number, reason: string, remedy: string) {
    super(`Line ${line} of the Dockerfile: ${reason}`);
    this.remedy = remedy;
  }
}

/**
 * Reads a Dockerfile (Docker documentation, "Dockerfile reference"). The instructions FROM, WORKDIR, COPY, ENV, EXPOSE,
 * USER, CMD, ENTRYPOINT, HEALTHCHECK and LABEL are understood. Nothing is executed, so that RUN and all others are
 * refused by name.
 *
 * @throws {UnsupportedDockerfile} for the first line that cannot be followed
 */
export function readDockerfile(text: string): ImagePlan {
  const draft: Draft = { workingDirectory: '/', copies: [], environment: {}, exposedPorts: [] };
  for (const { line, keyword, rest } of instructionsIn(text)) {
    if (draft.baseImage === undefined && keyword !== 'FROM') {
      throw new UnsupportedDockerfile(line, `${keyword} stands before FROM.`, 'Begin with FROM node:24-slim.');
    }
    const follow = Object.hasOwn(instructions, keyword) ? instructions[keyword] : undefined;
    if (follow === undefined) throw refusedInstruction(line, keyword);
    follow(draft, rest, line);
  }
  const { baseImage, ...plan } = draft;
  if (baseImage === undefined) {
    throw new UnsupportedDockerfile(1, 'it has no FROM.', 'Begin with FROM node:24-slim.');
  }
  return { ...plan, baseImage };
}

interface Draft {
  baseImage?: string;
  nodeMajor?: number;
  workingDirectory: string;
  copies: Copy[];
  environment: Record<string, string>;
  exposedPorts: number[];
  entryPoint?: readonly string[];
  command?: readonly string[];
}

type Follow = (draft: Draft, rest: string, line: number) => void;

/** Node's official image, under the names of Docker Hub and of its copy in Amazon's public registry. */
const nodeImage =
  /^(?:(?:docker\.io\/)?(?:library\/)?|public\.ecr\.aws\/docker\/library\/)node(?::(?<tag>[\w.-]+))?(?:@sha256:[0-9a-f]{64})?$/;

const nothing: Follow = () => {};

const instructions: Readonly<Record<string, Follow>> = {
  FROM(draft, rest, line) {
    if (draft.baseImage !== undefined) {
      const remedy = 'Build before "cdk synth" (esbuild, for example), and let one stage copy the result.';
      throw new UnsupportedDockerfile(line, 'a second FROM: builds of several stages are not run.', remedy);
    }
    const [image = ''] = rest.replace(/^--platform=\S+\s+/, '').split(/\s/);
    const match = nodeImage.exec(image);
    if (match === null) {
      const remedy = 'Take node:24-slim, or leave the task definition out with --skip.';
      throw new UnsupportedDockerfile(line, `the base image ${image} is not node:….`, remedy);
    }
    draft.baseImage = image;
    const major = /^\d+/.exec(match.groups?.['tag'] ?? '')?.[0];
    if (major !== undefined) draft.nodeMajor = Number(major);
  },
  WORKDIR(draft, rest) {
    draft.workingDirectory = below(draft.workingDirectory, substituted(unquoted(rest), draft));
  },
  COPY(draft, rest, line) {
    const { flags, words } = copyWords(rest);
    const from = flags.find((flag) => !/^--(chown=|link$|link=)/.test(flag));
    if (from !== undefined) {
      const remedy = 'Copy from the folder of the Dockerfile, without this option.';
      throw new UnsupportedDockerfile(line, `COPY with ${from.split('=', 1)[0]} is not followed.`, remedy);
    }
    const paths = words.map((word) => substituted(word, draft));
    const destination = paths.at(-1) ?? '';
    const sources = paths.slice(0, -1).map((path) => normalize(`./${path}`));
    const stray = sources.find((path) => path.startsWith('../') || path === '..' || path.startsWith('<<'));
    if (sources.length === 0 || stray !== undefined) {
      const what = stray === undefined ? 'COPY needs a source and a destination' : `COPY of ${stray}`;
      const remedy = 'Name files and folders below the folder of the Dockerfile.';
      throw new UnsupportedDockerfile(line, `${what}, which is no file of the build.`, remedy);
    }
    draft.copies.push({
      sources,
      destination: below(draft.workingDirectory, destination),
      intoFolder: /(^|\/)\.?$/.test(destination) || sources.length > 1,
    });
  },
  ENV(draft, rest, line) {
    const pairs = rest.includes('=') ? assignments(rest) : [rest.split(/\s+(.*)/s, 2) as [string, string]];
    if (pairs.length === 0) throw new UnsupportedDockerfile(line, `ENV ${rest}.`, 'Write ENV NAME=VALUE.');
    const before = { ...draft, environment: { ...draft.environment } };
    for (const [name, value = ''] of pairs) draft.environment[name] = substituted(value, before);
  },
  EXPOSE(draft, rest) {
    draft.exposedPorts.push(...rest.split(/\s+/).map((port) => Number.parseInt(substituted(port, draft), 10)));
  },
  CMD(draft, rest) {
    draft.command = commandOf(rest);
  },
  // An entry point of one's own takes the place of the command of the base image, too.
  ENTRYPOINT(draft, rest) {
    draft.entryPoint = commandOf(rest);
  },
  // Processes are the developer's here. ECS looks at health checks of the task definition only.
  USER: nothing,
  HEALTHCHECK: nothing,
  LABEL: nothing,
};

function refusedInstruction(line: number, keyword: string): UnsupportedDockerfile {
  const remedies: Readonly<Record<string, string>> = {
    RUN: 'Run it before "cdk synth" (esbuild bundles an app with its packages, for example), and COPY what comes of it.',
    ADD: 'Use COPY, and unpack or download before "cdk synth".',
    ARG: 'Write the value itself, or use ENV.',
  };
  const known = Object.keys(instructions).join(', ');
  return new UnsupportedDockerfile(
    line,
    `${keyword} is not followed: an image is not built here, only copied together.`,
    remedies[keyword] ?? `Leave it out (followed are ${known}), or leave the task definition out with --skip.`,
  );
}

/** Instructions with their continuation lines joined, without comments. */
function instructionsIn(text: string): { line: number; keyword: string; rest: string }[] {
  const found: { line: number; keyword: string; rest: string }[] = [];
  let open: { line: number; text: string } | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(raw)) continue;
    const goesOn = /\\\s*$/.test(raw);
    const part = raw.replace(/\\\s*$/, '');
    open = open === undefined ? { line: index + 1, text: part } : { ...open, text: open.text + part };
    if (goesOn) continue;
    const [, keyword = '', rest = ''] = /^\s*(\S+)\s*(.*?)\s*$/s.exec(open.text) ?? [];
    found.push({ line: open.line, keyword: keyword.toUpperCase(), rest });
    open = undefined;
  }
  return found;
}

/** The exec form is a JSON list; anything else is a line for the shell. */
function commandOf(rest: string): readonly string[] {
  return wordList(rest) ?? ['/bin/sh', '-c', rest];
}

function wordList(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((word) => typeof word === 'string') ? list : undefined;
  } catch {
    return undefined;
  }
}

function copyWords(rest: string): { flags: readonly string[]; words: readonly string[] } {
  const [, options = '', paths = ''] = /^((?:--\S+\s+)*)(.*)$/s.exec(rest) ?? [];
  return { flags: options.split(/\s+/).filter((flag) => flag !== ''), words: wordList(paths) ?? paths.split(/\s+/) };
}

/** `A=1 B="two words" C=two\ words`. */
function assignments(text: string): [string, string][] {
  const pairs = text.matchAll(/([A-Za-z_]\w*)=((?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])*)/g);
  return [...pairs].map(([, name = '', value = '']) => [name, unquoted(value)]);
}

function unquoted(text: string): string {
  const quoted = /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g;
  return text.replaceAll(quoted, (_, double?: string, single?: string, escaped?: string) => {
    if (double !== undefined) return double.replaceAll(/\\(["\\$])/g, '$1');
    return single ?? escaped ?? '';
  });
}

/** `$NAME` and `${NAME}` by what ENV has set before. */
function substituted(text: string, { environment }: Pick<Draft, 'environment'>): string {
  return text.replaceAll(/\$(?:(\w+)|\{(\w+)\})/g, (_, plain?: string, braced?: string) => {
    return environment[plain ?? braced ?? ''] ?? '';
  });
}

function below(directory: string, path: string): string {
  const whole = normalize(isAbsolute(path) ? path : join(directory, path));
  return whole.length > 1 ? whole.replace(/\/$/, '') : whole;
}
