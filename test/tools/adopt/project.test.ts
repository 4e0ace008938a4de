import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { adopt } from '../../../tools/adopt/adopt.ts';
import { carryOut, git, othersWith, plan, RenameRefused, wordOf } from '../../../tools/adopt/project.ts';

const shipment = { singular: 'shipment', plural: 'shipments' };
const manifest = JSON.stringify({ name: 'order-pipeline', bin: { orders: 'bin/orders' } });

/** A lock file, with the names that the project has. */
const lock = (name: string, bin: object) => ({
  name,
  packages: { '': { name, bin }, 'node_modules/order': { version: '1.0.0', bin: { orders: 'o.js' } } },
});

let directory: string;
const read = (path: string) => readFileSync(join(directory, path), 'utf8');

/** Files of the project, known to git. */
function save(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  git(directory, 'add', '--all');
}

/** What the command says when it does nothing. */
function refusal(...args: readonly string[]): string {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  expect(adopt(args, directory, stdout, stderr)).toBe(2);
  expect(stdout.read()).toBeNull();
  return String(stderr.read());
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'adopt-'));
  git(directory, 'init', '--quiet');
  save({ 'package.json': manifest });
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('a rename', () => {
  test('changes files and their paths, and leaves no empty folder', () => {
    save({
      'tools/orders/aws/orders.ts': 'export const orders = 1;\n',
      'tools/other.ts': "import './orders/aws/orders.ts'\n",
    });
    carryOut(directory, plan(directory, shipment));
    expect(read('tools/shipments/aws/shipments.ts')).toBe('export const shipments = 1;\n');
    expect(read('tools/other.ts')).toBe("import './shipments/aws/shipments.ts'\n");
    expect(existsSync(join(directory, 'tools/orders'))).toBe(false);
    expect(wordOf(directory)).toEqual(shipment);
  });

  test('leaves packages, the licence, itself and what git does not know as they are', () => {
    save({
      'packages/a/src/orders.ts': 'export const order = 1;\n',
      LICENSE: 'of the order pipeline\n',
      'docs/adopt.md': 'orders\n',
      'tools/adopt/words.ts': 'order\n',
      '.gitignore': 'notes.md\n',
    });
    writeFileSync(join(directory, 'notes.md'), 'orders\n');
    expect(plan(directory, shipment).map(({ path }) => path)).toEqual(['package.json']);
  });

  test('keeps names that a package gives', () => {
    save({
      'packages/a/src/a.ts': 'export function creationOrder(orders: number) {}\n',
      'lib/a.ts': "import { creationOrder } from 'a';\ncreationOrder(orders);\n",
    });
    carryOut(directory, plan(directory, shipment));
    expect(read('lib/a.ts')).toBe("import { creationOrder } from 'a';\ncreationOrder(shipments);\n");
  });

  test('changes of a lock file only the names of the project', () => {
    save({ 'package-lock.json': JSON.stringify(lock('order-pipeline', { orders: 'bin/orders' })) });
    carryOut(directory, plan(directory, shipment));
    expect(JSON.parse(read('package-lock.json'))).toEqual(lock('shipment-pipeline', { shipments: 'bin/shipments' }));
  });

  test('of a drawing moves nothing that stands further right, and cuts a line where it was cut', () => {
    const page = [
      '```',
      'orders ─────► order      │ x',
      'a good order   # an order',
      'orderId=1  orderId=2 …',
      '```',
      '',
    ];
    save({ 'README.md': page.join('\n') });
    carryOut(directory, plan(directory, shipment));
    expect(read('README.md').split('\n')).toEqual([
      '```',
      'shipments ──► shipment   │ x',
      'a good shipment # a shipment',
      'shipmentId=1  shipmen…',
      '```',
      '',
    ]);
  });
});

test('files that mean something else by the word are named, and are renamed all the same', () => {
  save({
    'lib/a.ts': '// A shipment of mail.\nconst orders = shipmentRate(1);\n',
    'lib/b.ts': 'const shipments = 1;\n',
    'lib/c.ts': 'const orders = 1;\n',
  });
  const renamings = plan(directory, shipment);
  expect(othersWith(renamings, shipment)).toEqual(['lib/a.ts']);
  expect(renamings.map(({ path }) => path)).toEqual(['lib/a.ts', 'lib/c.ts', 'package.json']);
});

describe('a rename is refused', () => {
  test.each([
    ['Shipment', 'Shipments', '"Shipment" is no word of 2 to 20 letters from a to z.'],
    ['work-item', 'work-items', '"work-item" is no word of 2 to 20 letters from a to z.'],
    ['x', 'xs', '"x" is no word of 2 to 20 letters from a to z.'],
    ['sheep', 'sheep', '"sheep" is its own plural: code could not tell one from many. Choose another word.'],
    ['class', 'classes', '"class" is a word of JavaScript.'],
    ['order', 'orders', 'The project says "order" already.'],
  ])('for %s', (singular, plural, message) => {
    expect(() => plan(directory, { singular, plural })).toThrow(new RenameRefused(message));
  });

  test('for a name that a file has already for something else', () => {
    save({ 'lib/a.ts': 'const orderId = 1;\nconst shipmentId = 2;\n' });
    expect(() => plan(directory, shipment)).toThrow('at 1 place:\n  lib/a.ts: orderId and shipmentId\n');
  });

  test('for a path that there is', () => {
    save({ 'lib/order.ts': '', 'lib/shipment.ts': 'export const order = 1;' });
    expect(() => plan(directory, shipment)).toThrow('at 1 place:\n  lib/shipment.ts\n');
  });

  test('in a tree with changes, before any of them', () => {
    expect(refusal('shipment')).toBe(
      'There are changes that are not committed. Commit them first: then git can take all back.\n',
    );
    expect(read('package.json')).toBe(manifest);
  });

  test('in a folder that is no tree of git', () => {
    rmSync(join(directory, '.git'), { recursive: true });
    expect(refusal('shipment')).toMatch(
      /^git status: fatal: not a git repository.* The project must be a clean tree of/,
    );
  });

  test('without one word, or with an option that there is not, with the usage', () => {
    for (const args of [[], ['shipment', 'parcel'], ['shipment', '--force']]) {
      expect(refusal(...args)).toContain('Usage: npm run adopt -- <word> [--plural <words>] [--no-tests]');
    }
  });

  test('in a project whose word is not known', () => {
    save({ 'package.json': JSON.stringify({ name: 'mine', bin: { orders: 'bin/orders' } }) });
    expect(() => wordOf(directory)).toThrow('"name" in package.json is mine, and should be like order-pipeline.');
  });
});
