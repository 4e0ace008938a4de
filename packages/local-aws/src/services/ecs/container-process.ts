import { accessSync, constants } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { switchesOff } from '../lambda/environment-variables.ts';
import { pathHere } from './image-files.ts';
import type { ContainerModel } from './model.ts';

const portsModule = fileURLToPath(new URL('bootstrap/container-ports.cjs', import.meta.url));

/** What a container's process is made of beside its definition. */
export interface ContainerFacts {
  /** Folder with what the image has beside its base. */
  readonly root: string;
  readonly region: string;
  readonly endpointUrl: string;
  /** Where the SDK finds the credentials of the task role; undefined without one. */
  readonly credentialsUrl: string | undefined;
  /** Ports of this machine by those of the task's containers. */
  readonly ports: ReadonlyMap<number, number>;
  readonly taskId: string;
  readonly machine: { readonly PATH?: string | undefined; readonly LANG?: string | undefined };
}

/**
 * The variables of a container: those of its image, of its definition, and those that ECS sets on Fargate. The SDK asks
 * for credentials over HTTP as on ECS (AWS SDKs and Tools Reference Guide, "Container credential provider"): ECS names
 * the place relative to 169.254.170.2, and here it is a whole address of this machine. Of the developer's machine, only
 * PATH and LANG pass.
 */
export function containerVariables(container: ContainerModel, facts: ContainerFacts): Record<string, string> {
  const { image, environment: own } = container;
  const given = { ...image.plan.environment, ...own };
  const path = [dirname(process.execPath), facts.machine.PATH ?? '/usr/local/bin:/usr/bin:/bin'].join(delimiter);
  return {
    LANG: facts.machine.LANG ?? 'en_US.UTF-8',
    TZ: 'UTC',
    HOSTNAME: `ip-127-0-0-1-${facts.taskId.slice(0, 8)}`,
    HOME: facts.root,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL: facts.endpointUrl,
    ...given,
    ...switchesOff(given),
    PATH: given['PATH'] === undefined ? path : [given['PATH'], path].join(delimiter),
    NODE_OPTIONS: [`--require ${JSON.stringify(portsModule)}`, given['NODE_OPTIONS'] ?? ''].join(' ').trim(),
    LOCAL_AWS_CONTAINER_PORTS: JSON.stringify([...facts.ports]),
    AWS_REGION: facts.region,
    AWS_DEFAULT_REGION: facts.region,
    AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
    ...(facts.credentialsUrl !== undefined && { AWS_CONTAINER_CREDENTIALS_FULL_URI: facts.credentialsUrl }),
  };
}

export type Command = readonly [program: string, ...rest: string[]];

/**
 * What is started. The definition goes before the image, and an entry point takes the image's command with it. The base
 * image has an entry point of its own, which starts Node.js for whatever is no program, and `node` alone as its command
 * (github.com/nodejs/docker-node, docker-entrypoint.sh).
 */
export function containerCommand(container: ContainerModel, { root, machine }: ContainerFacts): Command {
  const { plan } = container.image;
  const ownEntryPoint = container.entryPoint ?? plan.entryPoint;
  const ownCommand = container.command ?? (container.entryPoint === undefined ? plan.command : undefined);
  const words = [...(ownEntryPoint ?? []), ...(ownCommand ?? (ownEntryPoint === undefined ? ['node'] : []))].map(
    (word) => pathHere(word, root),
  );
  const [program = 'node', ...rest] = words;
  const cwd = workingDirectory(container, root);
  const startsNode = ownEntryPoint === undefined && (program.startsWith('-') || !isProgram(program, cwd, machine.PATH));
  const [first, ...others]: Command = startsNode ? ['node', ...words] : [program, ...rest];
  return [first === 'node' ? process.execPath : first, ...others];
}

/** Where the container's commands run. */
export function workingDirectory({ workingDirectory: own, image }: ContainerModel, root: string): string {
  return join(root, own ?? image.plan.workingDirectory);
}

/** A command of a health check, with this machine's ports in place of the container's. */
export function healthCheckCommand(container: ContainerModel, facts: ContainerFacts): Command {
  const [kind = 'CMD', ...words] = container.healthCheck?.command ?? [];
  const here = words.map((word) => pathHere(withPortsHere(word, facts.ports), facts.root));
  if (kind === 'CMD-SHELL') return ['/bin/sh', '-c', here.join(' ')];
  const [program = 'true', ...rest] = here;
  return [program === 'node' ? process.execPath : program, ...rest];
}

/** `localhost:8080` may be asked by a program that is not Node.js: curl, wget. */
function withPortsHere(text: string, ports: ReadonlyMap<number, number>): string {
  const own = text.replaceAll(
    /\b(localhost|127\.0\.0\.1|0\.0\.0\.0):(\d+)\b/g,
    (whole, _host: string, port: string) => {
      const here = ports.get(Number(port));
      return here === undefined ? whole : `127.0.0.1:${here}`;
    },
  );
  // The port of HTTP is left out of addresses.
  const http = ports.get(80);
  return http === undefined ? own : own.replaceAll(/\bhttp:\/\/localhost(?=[/\s'"]|$)/g, `http://127.0.0.1:${http}`);
}

function isProgram(name: string, directory: string, searchPath = ''): boolean {
  if (name === 'node') return true;
  const folders = searchPath.split(delimiter);
  const places = name.includes('/') ? [resolve(directory, name)] : folders.map((folder) => join(folder, name));
  return places.some((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
