import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** The settings of a profile, by their names. */
export type Profile = Readonly<Record<string, string>>;

/** What the shared files of the AWS CLI and the SDKs hold. */
export interface Profiles {
  readonly byName: ReadonlyMap<string, Profile>;
  /** Names of the sections `[sso-session NAME]`. */
  readonly ssoSessions: readonly string[];
}

/** Both files of the AWS CLI (AWS SDKs Reference Guide, "Shared config files"). */
function configFilesOf(env: EnvironmentVariables): readonly string[] {
  const folder = join(env['HOME'] ?? homedir(), '.aws');
  return [
    env['AWS_CONFIG_FILE'] ?? join(folder, 'config'),
    env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(folder, 'credentials'),
  ];
}

/** The profiles of both files. A file that cannot be read has none, as for the SDK. */
export function readProfiles(env: EnvironmentVariables): Profiles {
  const byName = new Map<string, Record<string, string>>();
  const ssoSessions: string[] = [];
  for (const file of configFilesOf(env)) {
    let settings: Record<string, string> = {};
    for (const line of textOf(file).split(/\r?\n/)) {
      const [, header] = /^\s*\[\s*([^\]]+?)\s*\]/.exec(line) ?? [];
      if (header !== undefined) {
        settings = {};
        const [, kind, name = header] = /^(profile|sso-session|services)\s+(.+)$/.exec(header) ?? [];
        const bare = name.replaceAll(/^["']|["']$/g, '');
        if (kind === 'sso-session') ssoSessions.push(bare);
        if (kind === undefined || kind === 'profile') byName.set(bare, (settings = byName.get(bare) ?? {}));
        continue;
      }
      const [, key, value] = /^([\w-]+)\s*=\s*(.*?)\s*$/.exec(line.trim()) ?? [];
      if (key !== undefined && value !== undefined) settings[key] = value;
    }
  }
  return { byName, ssoSessions };
}

/** The profile that counts, and those that it takes its credentials from by `source_profile`, one after the other. */
export function profileChain({ byName }: Profiles, name: string): readonly string[] {
  const chain = [name];
  for (;;) {
    const source = byName.get(chain.at(-1)!)?.['source_profile'];
    if (source === undefined || chain.includes(source)) return chain;
    chain.push(source);
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
