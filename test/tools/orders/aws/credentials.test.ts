import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
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
    ['msa', /^There is no profile "msa", which AWS_PROFILE names\. The profiles are mfa, keys, sso, web, empty\.\n$/],
    [
      'empty',
      /^Could not load credentials.* The profile "empty" gives none\. "aws sts get-caller-identity --profile empty"/,
    ],
    ['web', /^The web identity token cannot be read: ENOENT: .*'\/gone\/token'\. AWS_WEB_IDENTITY_TOKEN_FILE, or /],
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

test('of a key without its other half, the missing half is named', () => {
  const error = Object.assign(new Error('Could not load credentials from any providers'), {
    name: 'CredentialsProviderError',
  });
  expect(credentialsText(error, { AWS_ACCESS_KEY_ID: 'AKIA' }, 'eu-west-1')).toBe(
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
