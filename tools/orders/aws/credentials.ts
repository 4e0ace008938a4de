import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { shellWord } from '../terminal/shell.ts';

type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/**
 * What to tell of an error about credentials: the sentence of the SDK or of AWS, and the remedy that fits. Undefined for
 * an error of another kind.
 */
export function credentialsText(
  error: Error,
  env: EnvironmentVariables,
  region: string | undefined,
): string | undefined {
  const { name, message } = error;
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') return notLoadedText(message, env);
  const { syscall, path } = error as NodeJS.ErrnoException;
  if (syscall === 'open' && path !== undefined && namesTokenFile(path, env)) {
    return `The web identity token cannot be read: ${sentence(message)} ${tokenSources} names the file.`;
  }
  if (!('$metadata' in error)) return undefined;
  const told = `${name}: ${sentence(message)}`;
  if (expired.has(name)) return `${told} Get new credentials${loginText(env)}.`;
  if (unknown.has(name)) {
    const where = region === undefined ? 'the region' : `the region ${region}`;
    return (
      `${told} Either the credentials are wrong, or ${where} is not switched on for the account. ` +
      `"aws sts get-caller-identity${profileOption(env)} --region us-east-1" tells whether AWS knows the credentials, ` +
      `"aws account list-regions${profileOption(env)}" which regions are switched on.`
    );
  }
  if (badSignature.has(name)) return `${told} The secret key is wrong, or the clock of this machine is.`;
  return undefined;
}

// Error codes that services share (AWS General Reference, "Common errors"). The query protocol has names of its own.
const expired = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired']);
const unknown = new Set([
  'AuthFailure',
  'InvalidClientTokenId',
  'InvalidToken',
  'OptInRequired',
  'UnrecognizedClientException',
]);
const badSignature = new Set(['InvalidSignatureException', 'SignatureDoesNotMatch']);

/** The SDK found no credentials, or could not use what it found. The SDK has no codes for the reasons, only sentences. */
function notLoadedText(message: string, env: EnvironmentVariables): string {
  const told = sentence(message);
  if (/\bsso\b/i.test(message)) return `${told} Run: aws sso login${profileOption(env)}`;
  if (/multi-factor|\bMFA\b/i.test(message)) {
    return (
      `${told} The AWS CLI asks for the code. Run: eval "$(aws configure export-credentials${profileOption(env)} ` +
      '--format env)" && unset AWS_PROFILE'
    );
  }
  if (/\blogin\b|reauthenticate/i.test(message)) return `${told} Run: aws login${profileOption(env)}`;
  if (!message.startsWith('Could not load credentials from any providers')) return told;
  const profile = env['AWS_PROFILE'];
  if (profile === undefined || profile === '') {
    const half = halfKeyText(env);
    if (half !== undefined) return half;
    return 'There are no AWS credentials: set them as for the AWS CLI, or use --local for the pipeline on this machine.';
  }
  return (
    unknownProfileText(env) ??
    `${told} The profile "${profile}" gives none. ` +
      `"aws sts get-caller-identity${profileOption(env)}" tells what the AWS CLI makes of the profile.`
  );
}

/** What to tell when AWS_PROFILE names a profile that is in no file; undefined when nothing is wrong with the name. */
export function unknownProfileText(env: EnvironmentVariables): string | undefined {
  const profile = env['AWS_PROFILE'] ?? '';
  const profiles = profilesOf(env);
  if (profile === '' || profiles.includes(profile)) return undefined;
  const known = profiles.length === 0 ? 'There are no profiles' : `The profiles are ${profiles.join(', ')}`;
  return `There is no profile "${profile}", which AWS_PROFILE names. ${known}.`;
}

/** The SDK passes by a key of which one half is missing. */
function halfKeyText(env: EnvironmentVariables): string | undefined {
  const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];
  const missing = names.filter((name) => (env[name] ?? '') === '');
  if (missing.length !== 1) return undefined;
  return `There are no AWS credentials: ${names.find((name) => name !== missing[0])} is set, but ${missing[0]} is not.`;
}

const tokenSources = 'AWS_WEB_IDENTITY_TOKEN_FILE, or web_identity_token_file of the profile,';

/** The SDK reads this file without a word of its own (AWS SDKs Reference Guide, "Assume a role with web identity"). */
function namesTokenFile(path: string, env: EnvironmentVariables): boolean {
  if (env['AWS_WEB_IDENTITY_TOKEN_FILE'] === path) return true;
  return configFilesOf(env).some((file) => /^\s*web_identity_token_file\s*=/m.test(textOf(file)));
}

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

function profileOption({ AWS_PROFILE: profile }: EnvironmentVariables): string {
  return profile === undefined || profile === '' ? '' : ` --profile ${shellWord(profile)}`;
}

function loginText(env: EnvironmentVariables): string {
  return profileOption(env) === '' ? '' : `; with IAM Identity Center by: aws sso login${profileOption(env)}`;
}

/** Both files of the AWS CLI (AWS SDKs Reference Guide, "Shared config files"). */
function configFilesOf(env: EnvironmentVariables): readonly string[] {
  const folder = join(env['HOME'] ?? homedir(), '.aws');
  return [
    env['AWS_CONFIG_FILE'] ?? join(folder, 'config'),
    env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(folder, 'credentials'),
  ];
}

/** The names of the profiles in both files. */
function profilesOf(env: EnvironmentVariables): readonly string[] {
  const headers = configFilesOf(env).flatMap((file) => [
    ...textOf(file).matchAll(/^\s*\[\s*(?:profile\s+)?([^\]]+?)\s*\]/gm),
  ]);
  const names = headers.map(([, name = '']) => name.replaceAll(/^["']|["']$/g, ''));
  return [...new Set(names)].filter((name) => !/^(sso-session|services)\s/.test(name));
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
