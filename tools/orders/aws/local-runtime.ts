import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { stackNameOf } from '../../../shared/pipeline.ts';
import { CommandFailed } from '../errors.ts';
import { localClientSettings } from './endpoint.ts';

/** Where `npm run local` listens when nobody names a port and the port is free. */
export const defaultLocalEndpoint = 'http://127.0.0.1:4566';

/** A runtime of this project, as its `npm run local` announces it. */
interface Announcement {
  readonly endpoint: string;
  readonly processId: number;
  /** Names of the stacks that are served. */
  readonly stacks: readonly string[];
}

/** A file for each runtime that serves this project, named by the id of its process. */
const announcements = fileURLToPath(new URL('../../../.local-runtime', import.meta.url));

/**
 * Tells the commands of this project where its runtime listens.
 *
 * @returns path of the file, to be removed when the runtime ends
 * @throws {Error} of the file system
 */
export function announceRuntime(announcement: Announcement): string {
  mkdirSync(announcements, { recursive: true });
  const file = join(announcements, `${announcement.processId}.json`);
  writeFileSync(file, JSON.stringify(announcement));
  return file;
}

/** Endpoints of this project's runtimes whose processes are there. */
export function announcedEndpoints(): readonly string[] {
  return living().map(({ endpoint }) => endpoint);
}

/** The pipeline of this project's runtimes, if they serve one only: its stack, or that of one stage. */
export function announcedStack(): string | undefined {
  const known = stackNameOf();
  const names = living().flatMap(({ stacks }) => stacks);
  const [stack, ...others] = new Set(names.filter((name) => name === known || name.startsWith(`${known}-`)));
  return others.length === 0 ? stack : undefined;
}

function living(): readonly Announcement[] {
  return filesOf(announcements)
    .flatMap(readAnnouncement)
    .filter(({ processId }) => isProcess(processId));
}

function filesOf(folder: string): readonly string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
    return names.toSorted().map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** Nothing for a file that is gone, or only half written. */
function readAnnouncement(file: string): readonly Announcement[] {
  try {
    const { endpoint, processId, stacks = [] } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Announcement>;
    return typeof endpoint === 'string' && typeof processId === 'number' ? [{ endpoint, processId, stacks }] : [];
  } catch {
    return [];
  }
}

function isProcess(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    // Somebody else's process is one, too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * The endpoint of the runtime that serves a stack of this project, so that no order goes to the runtime of another
 * project.
 *
 * @throws {CommandFailed} when none does, with the stacks that there are instead; or when several do
 */
export async function findLocalRuntime(stack: string): Promise<string> {
  const asked = await Promise.all(
    announcedEndpoints().map(async (endpoint) => ({ endpoint, stacks: await stacksAt(endpoint) })),
  );
  const serving = asked.filter(({ stacks }) => stacks !== undefined);
  const [found, ...more] = serving.filter(({ stacks }) => stacks?.includes(stack));
  if (found !== undefined && more.length === 0) return found.endpoint;
  if (found !== undefined) {
    const endpoints = [found, ...more].map(({ endpoint }) => endpoint).join(' and ');
    throw new CommandFailed(
      `Several runtimes of this project serve the stack ${stack}, at ${endpoints}: stop the others, or choose one by ` +
        `AWS_ENDPOINT_URL=${found.endpoint} before the command.`,
    );
  }
  if (serving.length > 0) {
    const known = serving.map(({ endpoint, stacks = [] }) => `${endpoint} has ${stacksText(stacks)}`).join(', ');
    throw new CommandFailed(`No runtime of this project has the stack ${stack}: ${known}. --stack names another.`);
  }
  throw new CommandFailed(
    `No runtime of this project is there: start one with "npm run local".${await strangerText()}`,
  );
}

/** The runtime that a person may have meant, which belongs to another project or to another program. */
async function strangerText(): Promise<string> {
  const stacks = await stacksAt(defaultLocalEndpoint);
  if (stacks === undefined) return '';
  return (
    ` ${defaultLocalEndpoint} is of another project or program, and has ${stacksText(stacks)}. ` +
    `If you mean that one, put AWS_ENDPOINT_URL=${defaultLocalEndpoint} before the command.`
  );
}

/** Names stacks in a sentence; a few of them are enough to see where one is. */
export function stacksText(names: readonly string[]): string {
  if (names.length === 0) return 'no stack';
  const shown = names.slice(0, mostNames).join(', ');
  return `the ${names.length === 1 ? 'stack' : 'stacks'} ${shown}${names.length > mostNames ? ', …' : ''}`;
}

const mostNames = 10;
const answerMs = 5_000;

/** Names of the stacks at an endpoint on this machine; undefined when nothing there answers as CloudFormation does. */
async function stacksAt(endpoint: string): Promise<readonly string[] | undefined> {
  const client = new CloudFormationClient({
    ...localClientSettings,
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  try {
    return await stackNames(client, { abortSignal: AbortSignal.timeout(answerMs) });
  } catch {
    return undefined;
  } finally {
    client.destroy();
  }
}

/** Names of the first stacks that CloudFormation tells of: at most a page of them. */
export async function stackNames(
  client: CloudFormationClient,
  options: { readonly abortSignal?: AbortSignal } = {},
): Promise<readonly string[]> {
  const { Stacks: stacks = [] } = await client.send(new DescribeStacksCommand({}), options);
  return stacks.flatMap(({ StackName: name }) => name ?? []);
}
