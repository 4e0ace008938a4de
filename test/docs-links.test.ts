import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { projectRoot } from '../tools/run/synthesize.ts';

interface Link {
  /** Of the page, from the root of the project. */
  readonly from: string;
  readonly target: string;
}

const pages = globSync(['*.md', 'docs/**/*.md', 'packages/*/*.md', 'packages/*/docs/**/*.md'], {
  cwd: projectRoot,
}).toSorted();
const textOf = (page: string) => readFileSync(join(projectRoot, page), 'utf8');

/** What the commands of docs/slim.md delete. Pages may still tell of it when it is gone. */
const slim = textOf('docs/slim.md');
const leftOut = [...slim.matchAll(/^rm -r (.+)$/gm)]
  .flatMap(([, paths]) => paths!.split(' '))
  .filter((path) => !existsSync(join(projectRoot, path)));
const leftOutScripts = [...slim.matchAll(/^npm pkg delete (.+)$/gm)]
  .flatMap(([, keys]) => keys!.split(' '))
  .map((key) => key.replace('scripts.', ''))
  .filter((script) => !scriptsIn('.').includes(script));

function isLeftOut(path: string): boolean {
  return leftOut.some((each) => path.replace(/\/$/, '') === each || path.startsWith(`${each}/`));
}

const exists = (path: string) => existsSync(join(projectRoot, path)) || isLeftOut(path);

/** What stands between fences or backquotes is no link and no heading. */
const withoutFences = (text: string) => text.replaceAll(/^```[^]*?^```/gm, '');
const withoutCode = (text: string) => withoutFences(text).replaceAll(/`[^`\n]*`/g, '');

const links: readonly Link[] = pages.flatMap((from) =>
  [...withoutCode(textOf(from)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => ({ from, target: target! })),
);
const relativeLinks = links.filter(({ target }) => !/^[a-z]+:/.test(target));

/** As GitHub makes them: letters, digits, `_` and `-` stay, spaces become `-`, and the second of a name is numbered. */
function anchorsOf(page: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading] of withoutFences(textOf(page)).matchAll(/^#{1,6} (.+)$/gm)) {
    const text = heading!.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = text.replaceAll(/[^\p{L}\p{N}_ -]/gu, '').replaceAll(' ', '-');
    const taken = [...anchors].filter((each) => each.replace(/-\d+$/, '') === anchor).length;
    anchors.add(taken === 0 ? anchor : `${anchor}-${taken}`);
  }
  return anchors;
}

/** The file that a relative link leads to, from the root of the project; undefined when there is none. */
function fileOf({ from, target }: Link): string | undefined {
  const [path = ''] = target.split('#');
  const file = path === '' ? from : join(dirname(from), path);
  return exists(file) ? relative('.', file) : undefined;
}

describe('a relative link of a page', () => {
  test('leads to a file or a folder that there is', () => {
    expect(relativeLinks.length).toBeGreaterThan(100);
    expect(relativeLinks.filter((link) => fileOf(link) === undefined)).toEqual([]);
  });

  test('leads to a heading that there is, where it names one', () => {
    const lost = relativeLinks.filter((link) => {
      const [, anchor] = link.target.split('#');
      const file = fileOf(link);
      return anchor !== undefined && (file === undefined || (!isLeftOut(file) && !anchorsOf(file).has(anchor)));
    });
    expect(lost).toEqual([]);
  });
});

const packageOf = (page: string) => /^packages\/[^/]+/.exec(page)?.[0] ?? '';

test('a path in backquotes is that of a file or a folder, from the root or from the package of its page', () => {
  // The changelog tells of files that were; the example asks for files that its reader makes.
  const paths = pages
    .filter((page) => page !== 'CHANGELOG.md')
    .flatMap((page) =>
      [...textOf(page).matchAll(/`((?:bin|docs|lambdas|lib|packages|shared|src|test|tools)\/[\w./-]*)`/g)].map(
        ([, path]) => ({ page, path: path! }),
      ),
    )
    .filter(({ path }) => !['docs/my-app.ts', 'bin/photos.ts'].includes(path));
  expect(paths.length).toBeGreaterThan(50);
  expect(paths.filter(({ page, path }) => !exists(path) && !exists(join(packageOf(page), path)))).toEqual([]);
});

describe('a newcomer', () => {
  test('finds every page from the README', () => {
    const linked = new Set(relativeLinks.filter(({ from }) => from === 'README.md').map(fileOf));
    const index = new Set(relativeLinks.filter(({ from }) => /^(docs|packages)\//.test(from)).map(fileOf));
    const topics = pages.filter((page) => /^docs\/[^/]+\.md$/.test(page));
    expect(topics.filter((page) => !linked.has(page))).toEqual([]);
    expect(pages.filter((page) => page !== 'README.md' && !linked.has(page) && !index.has(page))).toEqual([]);
  });

  test('can run every npm script that a page names, of the project or of its own package', () => {
    const missing = pages.flatMap((page) => {
      const scripts = [...scriptsIn('.'), ...leftOutScripts, ...scriptsIn(packageOf(page))];
      return [...textOf(page).matchAll(/npm run (?:--silent )?([a-z]+(?::[a-z]+)*)(?: --workspace ([\w-]+))?/g)]
        .filter(([, script, workspace]) => {
          const known = workspace === undefined ? scripts : scriptsIn(join('packages', workspace));
          return !known.includes(script!);
        })
        .map(([all]) => all);
    });
    expect(missing).toEqual([]);
  });

  test('reads decisions that are numbered as their files are, without a gap', () => {
    const decisions = pages.filter((page) => page.startsWith('docs/decisions/0'));
    const numbers = decisions.map((page) => Number(/^# (\d+)\. /.exec(textOf(page))?.[1]));
    expect(numbers).toEqual(decisions.map((_, index) => index + 1));
    expect(decisions.map((page) => Number(/(\d{4})-/.exec(page)?.[1]))).toEqual(numbers);
  });
});

function scriptsIn(folder: string): readonly string[] {
  return Object.keys((JSON.parse(textOf(join(folder, 'package.json'))) as { readonly scripts?: object }).scripts ?? {});
}
