import { LocalRuntimeError } from './errors.ts';

/** What the operating system refused, and how a person mends that. Codes are those of errno(3). */
interface SystemRefusal {
  readonly code: string;
  readonly what: string;
  readonly remedy: string;
}

const openFiles: SystemRefusal = {
  code: 'TOO_MANY_OPEN_FILES',
  what: 'The system lets no more files and connections be open.',
  remedy: 'Raise the limit in this terminal, "ulimit -n 4096", and start again.',
};
const watches: SystemRefusal = {
  code: 'TOO_MANY_WATCHES',
  what: 'The system lets no more folders be watched.',
  remedy: 'Add --no-watch, or raise fs.inotify.max_user_watches and fs.inotify.max_user_instances.',
};
const fullDisk: SystemRefusal = {
  code: 'DISK_FULL',
  what: 'There is no room left on the disk.',
  remedy: 'Make room, or set TMPDIR to a folder on another disk.',
};
const noTemporaryFolder: SystemRefusal = {
  code: 'NO_TEMPORARY_FOLDER',
  what: "The system's temporary folder cannot be used.",
  remedy: 'Set TMPDIR to a folder that exists and that you may write to.',
};
const noLoopback: SystemRefusal = {
  code: 'NO_LOOPBACK',
  what: 'This machine has no address 127.0.0.1.',
  remedy: 'Switch on its loopback interface with IPv4: "ip link set lo up", "ip addr add 127.0.0.1/8 dev lo".',
};
const portDenied: SystemRefusal = {
  code: 'PORT_DENIED',
  what: 'The system does not let you listen on this port.',
  remedy: 'Choose one above 1,023 with --port.',
};
const noProcess: SystemRefusal = {
  code: 'NO_MORE_PROCESSES',
  what: 'The system lets no further process be started.',
  remedy: 'End others, or raise the limits of processes ("ulimit -u") and memory.',
};

/** By errno, and by the call that failed where that makes a difference. */
function refusalOf(code: string, call: string): SystemRefusal | undefined {
  switch (code) {
    case 'EMFILE':
    case 'ENFILE':
      return call === 'watch' ? watches : openFiles;
    case 'ENOSPC':
      return call === 'watch' ? watches : fullDisk;
    case 'EDQUOT':
      return fullDisk;
    case 'EADDRNOTAVAIL':
    case 'ENETUNREACH':
      return noLoopback;
    case 'EAGAIN':
    case 'ENOMEM':
      return call.startsWith('spawn') ? noProcess : undefined;
    case 'EACCES':
    case 'EPERM':
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EROFS':
      if (call === 'mkdtemp') return noTemporaryFolder;
      return call === 'listen' ? portDenied : undefined;
    default:
      return undefined;
  }
}

/** An error of the operating system as one that a person can mend; undefined for any other. */
export function systemError(error: unknown): LocalRuntimeError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = '', syscall = '', message } = error as NodeJS.ErrnoException;
  const refusal = refusalOf(code, syscall);
  return refusal && new LocalRuntimeError(refusal.code, `${refusal.what} (${message})`, refusal.remedy);
}

/** The remedy for what a program of its own said of the operating system: `Error: ENOSPC: no space left on device`. */
export function systemRemedyIn(said: string): string | undefined {
  const [, code = ''] = /\b(EMFILE|ENFILE|ENOSPC|EDQUOT)\b/.exec(said) ?? [];
  return refusalOf(code, '')?.remedy;
}
