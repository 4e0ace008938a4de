import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { credentialsText } from '../../../../tools/orders/aws/credentials.ts';
import { TemporaryFolder } from '../../../../tools/run/synthesize.ts';
import { child } from '../child-orders.ts';

const home = new TemporaryFolder();
const config = `
[profile mfa]
role_arn = arn:aws:iam::123456789012:role/operator
source_profile = keys
mfa_serial = arn:aws:iam::123456789012:mfa/ada
[profile keys]
aws_access_key_id = any
aws_secret_access_key = any
[profile sso]
sso_session = company
sso_account_id = 123456789012
sso_role_name = Operator
[sso-session company]
sso_region = us-east-1
sso_start_url = https://company.awsapps.com/start
[profile web]
role_arn = arn:aws:iam::123456789012:role/operator
web_identity_token_file = /gone/token
[profile process]
credential_process = sh -c 'echo "the vault is sealed" >&2; exit 3'
[profile of-nobody]
role_arn = arn:aws:iam::123456789012:role/operator
source_profile = kyes
[profile half]
aws_access_key_id = any
[profile both]
role_arn = arn:aws:iam::123456789012:role/operator
source_profile = keys
credential_source = Environment
[profile by-sso]
role_arn = arn:aws:iam::123456789012:role/operator
source_profile = sso
[profile no-session]
sso_session = compnay
sso_account_id = 123456789012
sso_role_name = Operator
[profile refused]
role_arn = arn:aws:iam::123456789012:role/operator
source_profile = keys
[profile empty]
region = eu-west-1
`;

beforeAll(() => {
  const cache = join(home.path, '.aws', 'sso', 'cache');
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(home.path, '.aws', 'config'), config);
  const token = { accessToken: 'any', expiresAt: '2024-01-01T00:00:00Z' };
  writeFileSync(join(cache, `${createHash('sha1').update('company').digest('hex')}.json`), JSON.stringify(token));
});
afterAll(() => home[Symbol.dispose]());

describe("without credentials, the SDK's own sentence and the remedy that fits", () => {
  test.each([
    ['sso', /SSO.* Run: aws sso login --profile sso\n$/],
    ['mfa', /^Profile mfa requires multi-factor authentication.*aws configure export-credentials --profile mfa /],
    ['msa', /^There is no profile "msa", which AWS_PROFILE names\. The profiles are mfa, keys, sso, web, /],
    [
      'empty',
      /^Could not resolve credentials using profile: \[empty\].* has only region: .*aws configure --profile empty"/,
    ],
    ['web', /^The web identity token cannot be read: ENOENT: .*'\/gone\/token'\. AWS_WEB_IDENTITY_TOKEN_FILE, or /],
    [
      'process',
      /^Command failed: sh -c .*: the vault is sealed\. This command is the credential_process of the profile/,
    ],
    ['of-nobody', /^There is no profile "kyes", which source_profile of the profile "of-nobody" names\. The profiles /],
    ['by-sso', /SSO.* Run: aws sso login --profile sso\n$/],
    [
      'no-session',
      /^There is no \[sso-session compnay\] in .* of the profile "no-session" names\. The file has company\./,
    ],
    ['', /^There are no AWS credentials: set them as for the AWS CLI/],
  ])('profile %p', async (profile, text) => {
    const env = { AWS_PROFILE: profile, AWS_REGION: 'eu-west-1', HOME: home.path, AWS_EC2_METADATA_DISABLED: 'true' };
    const { exitCode, stderr } = await child(['status'], { env });
    expect(stderr).toMatch(text);
    expect(stderr.split('\n')).toHaveLength(2);
    expect(exitCode).toBe(1);
  });
});

test('a misspelt profile is told before the region that it would have named', async () => {
  const env = { AWS_PROFILE: 'msa', HOME: home.path, AWS_EC2_METADATA_DISABLED: 'true' };
  const { exitCode, stderr } = await child(['status'], { env });
  expect(stderr).toMatch(/^There is no profile "msa", which AWS_PROFILE names\. The profiles are /);
  expect(exitCode).toBe(2);
});

test('a role that STS refuses is told with the policies that allow it, and whose credentials they were', async () => {
  const { exitCode, stderr } = await refusedRole();
  expect(stderr).toMatch(/^AccessDenied: User: .* sts:AssumeRole .* trust policy .* of the profile "keys"\./);
  expect(stderr.split('\n')).toHaveLength(2);
  expect(exitCode).toBe(1);
});

/** STS as it answers who may not take a role (STS API reference, AssumeRole). */
async function refusedRole() {
  const message =
    'User: arn:aws:iam::123456789012:user/ada is not authorized to perform: sts:AssumeRole on resource: x';
  const sts = createServer((_request, response) => {
    response.writeHead(403, { 'content-type': 'text/xml' });
    response.end(
      `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>` +
        `<Code>AccessDenied</Code><Message>${message}</Message></Error></ErrorResponse>`,
    );
  });
  await new Promise<void>((resolve) => sts.listen(0, '127.0.0.1', resolve));
  const { port } = sts.address() as AddressInfo;
  const env = {
    AWS_PROFILE: 'refused',
    AWS_REGION: 'eu-west-1',
    HOME: home.path,
    AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${port}`,
  };
  try {
    return await child(['status'], { env });
  } finally {
    sts.close();
  }
}

const none = Object.assign(new Error('Could not load credentials from any providers'), {
  name: 'CredentialsProviderError',
});

const inProfile = (profile: string) =>
  `Could not resolve credentials using profile: [${profile}] in configuration/credentials file(s).`;

describe('what the SDK says of a profile is told with the remedy that fits:', () => {
  test.each([
    ['half', inProfile('half'), 'In the profile, aws_access_key_id is set, but aws_secret_access_key is not.'],
    ['both', inProfile('both'), 'Beside role_arn it has source_profile and credential_source: leave one of them out.'],
    ['a', 'Profile a credential_process returned invalid JSON.', 'The command must print {"Version": 1, "Acc'],
    ['a', 'Profile a credential_process returned expired credentials.', 'log in anew with its program.'],
    ['a', 'Unsupported credential source in profile a. Got B, expected C.', 'Mend credential_source in the profile.'],
    ['a', 'Detected a cycle attempting to resolve credentials for profile a.', 'End the circle: '],
    ['a', 'Unable to find environment variable credentials.', 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.'],
    ['sso', 'UnauthorizedException: Session token not found or invalid', 'Run: aws sso login --profile sso'],
    ['sso', 'ForbiddenException: No access', 'check sso_account_id and sso_role_name of the profile.'],
    ['sso', 'Profile is configured with invalid SSO credentials. Got a', 'aws configure sso --profile sso'],
  ])('%s: %s', (profile, reason, remedy) => {
    const told = credentialsText(none, { AWS_PROFILE: profile, HOME: home.path }, 'eu-west-1', reason);
    expect(told).toContain(remedy);
    expect(told?.startsWith(reason)).toBe(true);
  });
});

test('of a profile that only the AWS CLI knows, the variable of the SDK is named', () => {
  const env = { AWS_DEFAULT_PROFILE: 'ops', HOME: home.path };
  expect(credentialsText(none, env, 'eu-west-1')).toBe(
    'There are no AWS credentials: only the AWS CLI knows AWS_DEFAULT_PROFILE. Run: export AWS_PROFILE=ops',
  );
});

test('of a key without its other half, the missing half is named', () => {
  expect(credentialsText(none, { AWS_ACCESS_KEY_ID: 'AKIA' }, 'eu-west-1')).toBe(
    'There are no AWS credentials: AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not.',
  );
});

const answer = (name: string, message: string) => Object.assign(new Error(message), { name, $metadata: {} });
const text = (name: string) => credentialsText(answer(name, 'No'), { AWS_PROFILE: 'ada' }, 'eu-south-2');

describe('what AWS answers to credentials that it does not take', () => {
  test.each([
    [
      'ExpiredToken',
      'ExpiredToken: No. Get new credentials; with IAM Identity Center by: aws sso login --profile ada.',
    ],
    ['UnrecognizedClientException', 'the region eu-south-2 is not switched on for the account'],
    ['InvalidClientTokenId', '"aws account list-regions --profile ada" which regions are switched on'],
    ['SignatureDoesNotMatch', 'The secret key is wrong, or the clock of this machine is.'],
  ])('%s', (name, remedy) => {
    expect(text(name)).toContain(remedy);
  });

  test('other errors are none of credentials', () => {
    expect(text('AccessDenied')).toBeUndefined();
    expect(credentialsText(new Error('Region is missing'), {}, undefined)).toBeUndefined();
  });
});
