import { shellWord } from '../terminal/shell.ts';
import { emptyProfileText, halfKeyText, profileOf, sentence, unknownSessionText } from './profile-mistakes.ts';
import { profileChain, readProfiles } from './profiles.ts';

type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/**
 * Notes why the profile gave no credentials. The SDK asks one provider after the other, and throws in the end only that
 * none had any. Why each had none goes to the logger of a client alone.
 */
export class ProfileReason {
  #isAsked = false;
  #reason: string | undefined;
  readonly #tell: (sentence: string) => void;

  /** @param tell gets what a person should know even when all goes well */
  constructor(tell: (sentence: string) => void) {
    this.#tell = tell;
  }

  /** The logger of a client. Whatever else the SDK tells is left out, such as the values of requests. */
  readonly logger = {
    trace: () => {},
    debug: (text: unknown) => {
      if (String(text).endsWith(' defaultProvider::fromIni')) this.#isAsked = true;
      const [, reason] = /^@smithy\/property-provider (?:->|\(!\)) (.*)$/s.exec(String(text)) ?? [];
      // Other settings that are nowhere are told before, other providers afterwards.
      if (this.#isAsked && !/checking config file next/.test(String(reason))) this.#reason ??= reason;
    },
    info: () => {},
    warn: (text: unknown) => {
      if (!/Multiple credential sources/.test(String(text))) return;
      this.#tell('AWS_PROFILE and AWS_ACCESS_KEY_ID are both set. The profile counts: unset the one you do not mean.');
    },
    error: () => {},
  };

  /** The SDK's sentence; undefined while the profile was not asked, and when it gave credentials. */
  get(): string | undefined {
    return this.#reason;
  }
}

/**
 * What to tell of an error about credentials: the sentence of the SDK or of AWS, and the remedy that fits. Undefined for
 * an error of another kind.
 *
 * @param reason why the profile gave no credentials, where the error does not tell
 */
export function credentialsText(
  error: Error,
  env: EnvironmentVariables,
  region: string | undefined,
  reason?: string,
): string | undefined {
  const { name, message } = error;
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') return notLoadedText(message, env, reason);
  const { syscall, path } = error as NodeJS.ErrnoException;
  if (syscall === 'open' && path !== undefined && namesTokenFile(path, env)) {
    return `The web identity token cannot be read: ${sentence(message)} ${tokenSources} names the file.`;
  }
  // The SDK stops at a name of a session that is in no file with an error of its own code.
  if (error instanceof TypeError && /credential-provider-sso/.test(error.stack ?? '')) return unknownSessionText(env);
  if (!('$metadata' in error)) return undefined;
  const told = `${name}: ${sentence(message)}`;
  if (expired.has(name)) return `${told} Get new credentials${loginText(env)}.`;
  if (/\bsts:AssumeRole/.test(message)) {
    return (
      `${told} Two policies must allow that: the trust policy of the role, and a policy of whoever takes the role. ` +
      `${profileOfRoleText(env)}"aws sts get-caller-identity" tells who that is.`
    );
  }
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

const noneAtAll = 'Could not load credentials from any providers';
/** Of a profile in which the SDK sees nothing that gives credentials. */
const nothingIn = /^Could not resolve credentials using profile: \[(.*)\] /;

/** The SDK found no credentials, or could not use what it found. The SDK has no codes for the reasons, only sentences. */
function notLoadedText(message: string, env: EnvironmentVariables, reason: string | undefined): string {
  const why = message.startsWith(noneAtAll) ? (reason ?? message) : message;
  const profile = profileOf(env);
  const [, empty] = nothingIn.exec(why) ?? [];
  if (empty !== undefined && (empty !== 'default' || profile !== undefined)) return emptyProfileText(empty, env, why);
  if (empty !== undefined || why.startsWith(noneAtAll)) return noCredentialsText(env);
  const remedy = remedies.find(([pattern]) => pattern.test(why))?.[1];
  const told = sentence(oneLine(why));
  return remedy === undefined ? told : `${told} ${remedy(env)}`;
}

/** What helps, by what the SDK says; the first that fits. */
const remedies: readonly (readonly [RegExp, (env: EnvironmentVariables) => string])[] = [
  [
    /^Command failed: /,
    () =>
      'This command is the credential_process of the profile: run the command by itself, and mend what it says, or ' +
      'mend the line in ~/.aws/config.',
  ],
  [
    /credential_process returned expired/,
    () => 'The command of credential_process keeps old credentials: log in anew with its program.',
  ],
  [
    /credential_process/,
    () =>
      'The command must print {"Version": 1, "AccessKeyId": "…", "SecretAccessKey": "…"}: run the command by itself ' +
      'to see what it prints.',
  ],
  [/invalid SSO credentials/, (env) => `Write what is missing into the profile by: aws configure sso${ssoOption(env)}`],
  [
    /ForbiddenException/,
    () => 'IAM Identity Center has no such access for you: check sso_account_id and sso_role_name of the profile.',
  ],
  [/\bsso\b|UnauthorizedException/i, (env) => ssoLoginText(env)],
  [
    /multi-factor|\bMFA\b/i,
    (env) =>
      `The AWS CLI asks for the code. Run: eval "$(aws configure export-credentials${profileOption(env)} ` +
      '--format env)" && unset AWS_PROFILE',
  ],
  [/\blogin\b|reauthenticate/i, (env) => `Run: aws login${profileOption(env)}`],
  [/^Unsupported credential source/, () => 'Mend credential_source in the profile.'],
  [/^Detected a cycle/, () => 'End the circle: the last source_profile is a profile with credentials of its own.'],
  [
    /environment variable credentials/i,
    () => 'The profile has credential_source = Environment: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  ],
  [
    /container|ECS/i,
    () => 'The profile has credential_source = EcsContainer, which is for containers on AWS: choose another profile.',
  ],
  [
    /EC2 Instance Metadata Service access disabled/i,
    () =>
      'The variable AWS_EC2_METADATA_DISABLED switches it off: unset the variable on EC2, or choose another profile.',
  ],
  [
    /metadata/i,
    () => 'The profile has credential_source = Ec2InstanceMetadata, which is for EC2: choose another profile.',
  ],
];

/** The output of a command has several lines, and so do two sentences of the SDK. */
function oneLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').reduce((all, line) => `${all}${/[.!?:]$/.test(all) ? '' : ':'} ${line}`);
}

function noCredentialsText(env: EnvironmentVariables): string {
  const half = halfKeyText(env['AWS_ACCESS_KEY_ID'], env['AWS_SECRET_ACCESS_KEY'], [
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
  ]);
  if (half !== undefined) return `There are no AWS credentials: ${half}.`;
  const { AWS_DEFAULT_PROFILE: forTheCli = '' } = env;
  if (forTheCli !== '') {
    return `There are no AWS credentials: only the AWS CLI knows AWS_DEFAULT_PROFILE. Run: export AWS_PROFILE=${shellWord(forTheCli)}`;
  }
  return 'There are no AWS credentials: set them as for the AWS CLI, or use --local for the pipeline on this machine.';
}

const tokenSources = 'AWS_WEB_IDENTITY_TOKEN_FILE, or web_identity_token_file of the profile,';

/** The SDK reads this file without a word of its own (AWS SDKs Reference Guide, "Assume a role with web identity"). */
function namesTokenFile(path: string, env: EnvironmentVariables): boolean {
  if (env['AWS_WEB_IDENTITY_TOKEN_FILE'] === path) return true;
  return [...readProfiles(env).byName.values()].some((profile) => 'web_identity_token_file' in profile);
}

function profileOption(env: EnvironmentVariables): string {
  const profile = profileOf(env);
  return profile === undefined ? '' : ` --profile ${shellWord(profile)}`;
}

/** The profile of the login, which is another one where a role is taken with its credentials. */
function ssoOption(env: EnvironmentVariables): string {
  const profiles = readProfiles(env);
  const chain = profileChain(profiles, profileOf(env) ?? 'default');
  const own = chain.find((name) => Object.keys(profiles.byName.get(name) ?? {}).some((key) => key.startsWith('sso_')));
  return own === undefined || own === 'default' ? profileOption(env) : ` --profile ${shellWord(own)}`;
}

const ssoLoginText = (env: EnvironmentVariables) => `Run: aws sso login${ssoOption(env)}`;

function loginText(env: EnvironmentVariables): string {
  return profileOption(env) === '' ? '' : `; with IAM Identity Center by: aws sso login${ssoOption(env)}`;
}

/** Who takes the role of the profile. */
function profileOfRoleText(env: EnvironmentVariables): string {
  const [, source] = profileChain(readProfiles(env), profileOf(env) ?? 'default');
  return source === undefined ? '' : `The credentials are of the profile "${source}". `;
}
