import { shellWord } from '../terminal/shell.ts';
import { type Profile, profileChain, type Profiles, readProfiles } from './profiles.ts';

type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** Of a profile that is in no file, or that has nothing which gives credentials. */
export function emptyProfileText(name: string, env: EnvironmentVariables, why: string): string {
  const profiles = readProfiles(env);
  const profile = profiles.byName.get(name);
  if (profile === undefined) return missingProfileText(name, env, profiles);
  const told = sentence(why);
  const half = halfKeyText(profile['aws_access_key_id'], profile['aws_secret_access_key'], [
    'aws_access_key_id',
    'aws_secret_access_key',
  ]);
  if (half !== undefined) return `${told} In the profile, ${half}.`;
  const only = Object.keys(profile).join(', ') || 'its name';
  const remedy =
    roleMistakeText(profile) ??
    `The profile has only ${only}: write credentials into it by "aws configure --profile ${shellWord(name)}", or ` +
      'choose another profile.';
  return `${told} ${remedy}`;
}

/** A role is taken with the credentials of exactly one source (AWS CLI User Guide, "Use an IAM role"). */
function roleMistakeText(profile: Profile): string | undefined {
  if (profile['role_arn'] === undefined) return undefined;
  const sources = ['source_profile', 'credential_source'].filter((key) => key in profile);
  if (sources.length === 2)
    return 'Beside role_arn it has source_profile and credential_source: leave one of them out.';
  return 'Beside role_arn it lacks source_profile = NAME, the profile whose credentials take the role.';
}

/** What to tell when AWS_PROFILE names a profile that is in no file; undefined when nothing is wrong with the name. */
export function unknownProfileText(env: EnvironmentVariables): string | undefined {
  const name = profileOf(env);
  const profiles = readProfiles(env);
  return name === undefined || profiles.byName.has(name) ? undefined : missingProfileText(name, env, profiles);
}

function missingProfileText(name: string, env: EnvironmentVariables, profiles: Profiles): string {
  const names = [...profiles.byName.keys()];
  const known = names.length === 0 ? 'There are no profiles' : `The profiles are ${names.join(', ')}`;
  const user = names.find((each) => profiles.byName.get(each)?.['source_profile'] === name);
  const isNamed = name === profileOf(env) || user === undefined;
  const by = isNamed ? 'AWS_PROFILE' : `source_profile of the profile "${user}"`;
  return `There is no profile "${name}", which ${by} names. ${known}.`;
}

/** The SDK passes by a key of which one half is missing. Undefined when it has both, or none. */
export function halfKeyText(
  id: string | undefined,
  secret: string | undefined,
  [idName, secretName]: readonly [string, string],
): string | undefined {
  const [hasId, hasSecret] = [(id ?? '') !== '', (secret ?? '') !== ''];
  if (hasId === hasSecret) return undefined;
  return hasId ? `${idName} is set, but ${secretName} is not` : `${secretName} is set, but ${idName} is not`;
}

/** What to tell of a profile whose `sso_session` is in no file; undefined when nothing is wrong with its name. */
export function unknownSessionText(env: EnvironmentVariables): string | undefined {
  const profiles = readProfiles(env);
  for (const name of profileChain(profiles, profileOf(env) ?? 'default')) {
    const session = profiles.byName.get(name)?.['sso_session'];
    if (session === undefined || profiles.ssoSessions.includes(session)) continue;
    const known = profiles.ssoSessions.length === 0 ? 'none' : profiles.ssoSessions.join(', ');
    return (
      `There is no [sso-session ${session}] in ~/.aws/config, which sso_session of the profile "${name}" names. ` +
      `The file has ${known}. Mend the name, or run: aws configure sso-session`
    );
  }
  return undefined;
}

/** The profile that counts; undefined for the default one. */
export function profileOf({ AWS_PROFILE: profile = '' }: EnvironmentVariables): string | undefined {
  return profile === '' ? undefined : profile;
}

/** With the full stop that some messages lack. */
export function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
