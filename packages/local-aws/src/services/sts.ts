import type { AssemblyModel } from '../assembly/model.ts';
import { generatedRoleId } from '../assembly/physical-names.ts';
import type { Clock } from '../clock.ts';
import { AwsError, type Caller, type JsonObject, type Operation, type RpcService } from '../endpoint/api.ts';
import { notImplemented } from '../endpoint/unserved.ts';
import type { RunningService, Service } from '../service.ts';
import type { CredentialRegistry } from './iam/credentials.ts';
import type { IamModel } from './iam/model.ts';
import { assumedRoleArn } from './iam/request.ts';

type StsModel = AssemblyModel & IamModel;

/** What the service works with. */
interface StsContext {
  readonly clock: Clock;
  readonly credentials: CredentialRegistry;
}

/** AWS Security Token Service (Query protocol): tells a caller who it is, and lets it become another role. */
export class StsService implements RunningService<IamModel> {
  readonly rpc: RpcService;
  #model: StsModel;

  constructor(model: StsModel, context: StsContext) {
    this.#model = model;
    const current = () => this.#model;
    this.rpc = {
      signingName: 'sts',
      xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
      operations: {
        AssumeRole: assumeRole(current, context),
        GetCallerIdentity: { run: (_input, { caller }) => getCallerIdentity(this.#model, caller) },
        GetSessionToken: getSessionToken(context),
      },
    };
  }

  update(model: StsModel): void {
    this.#model = model;
  }
}

export const sts: Service<IamModel> = {
  actionPrefix: 'sts',
  start: (model, { clock, credentials }) => new StsService(model, { clock, credentials }),
};

/** Who calls: everybody may ask, as on AWS. The developer, who may do everything, is shown as the account's root. */
function getCallerIdentity(model: StsModel, { roleArn, sessionName }: Caller): JsonObject {
  const { accountId } = model;
  if (roleArn === undefined) {
    return { Arn: `arn:aws:iam::${accountId}:root`, UserId: accountId, Account: accountId };
  }
  return {
    Arn: assumedRoleArn(roleArn, sessionName),
    UserId: sessionId(model, roleArn, sessionName),
    Account: accountId,
  };
}

/** `AROA…:session`. */
function sessionId({ roles }: StsModel, roleArn: string, sessionName: string | undefined): string {
  const role = roles.find(({ arn }) => arn === roleArn);
  return `${generatedRoleId(role?.stack ?? '', role?.logicalId ?? roleArn)}:${sessionName ?? role?.name ?? ''}`;
}

/** Limits of STS's API reference, in seconds. Credentials do not expire here: clients only renew them by the time told. */
const assumedSeconds = { default: 3600, least: 900, most: 43_200 };
const sessionSeconds = { default: 43_200, least: 900, most: 129_600 };

/**
 * AssumeRole. The role's trust policy decides who may, and where it names the account, a policy of the caller too. A role
 * that is in no stack can be assumed: nobody here knows its policies.
 */
function assumeRole(model: () => StsModel, { clock, credentials }: StsContext): Operation {
  return {
    input: {
      members: {
        RoleArn: 'string',
        RoleSessionName: 'string',
        DurationSeconds: 'integer',
        Policy: 'string',
        PolicyArns: { list: { members: { arn: 'string' } } },
        ExternalId: 'string',
        SerialNumber: 'string',
      },
    },
    permissions: (input) => [{ action: 'sts:AssumeRole', resource: roleArnOf(input) }],
    run(input) {
      const roleArn = roleArnOf(input);
      const sessionName = sessionNameOf(input);
      const narrowing = ['Policy', 'PolicyArns', 'ExternalId', 'SerialNumber'].find(
        (name) => input[name] !== undefined,
      );
      if (narrowing !== undefined) throw notImplemented('sts', `AssumeRole with ${narrowing}`);
      const expiresAtMs = clock.now() + durationSeconds(input, assumedSeconds) * 1000;
      return {
        Credentials: shown(credentials.issue({ roleArn, sessionName }), expiresAtMs),
        AssumedRoleUser: {
          AssumedRoleId: sessionId(model(), roleArn, sessionName),
          Arn: assumedRoleArn(roleArn, sessionName),
        },
      };
    },
  };
}

/** GetSessionToken: for the developer, who stays the developer. */
function getSessionToken({ clock, credentials }: StsContext): Operation {
  return {
    input: { members: { DurationSeconds: 'integer' } },
    run(input, { caller }) {
      if (caller.roleArn !== undefined) {
        const message = 'Cannot call GetSessionToken with session credentials';
        throw new AwsError('AccessDenied', message, { httpStatus: 403 });
      }
      const expiresAtMs = clock.now() + durationSeconds(input, sessionSeconds) * 1000;
      return { Credentials: shown(credentials.issue(undefined), expiresAtMs) };
    },
  };
}

function shown(
  { accessKeyId, secretAccessKey, sessionToken }: ReturnType<CredentialRegistry['issue']>,
  expiresAtMs: number,
): JsonObject {
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: new Date(expiresAtMs).toISOString(),
  };
}

function roleArnOf({ RoleArn: value }: JsonObject): string {
  if (value === undefined) throw invalid('null', 'roleArn', 'Member must not be null');
  const arn = value as string;
  if (/^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(arn)) return arn;
  throw new AwsError('ValidationError', `${arn} is invalid`);
}

function sessionNameOf({ RoleSessionName: value }: JsonObject): string {
  if (value === undefined) throw invalid('null', 'roleSessionName', 'Member must not be null');
  const name = value as string;
  if (/^[\w+=,.@-]{2,64}$/.test(name)) return name;
  const rule = /^[\w+=,.@-]*$/.test(name)
    ? `Member must have length ${name.length < 2 ? 'greater than or equal to 2' : 'less than or equal to 64'}`
    : 'Member must satisfy regular expression pattern: [\\w+=,.@-]*';
  throw invalid(`'${name}'`, 'roleSessionName', rule);
}

function durationSeconds({ DurationSeconds: value }: JsonObject, limits: typeof assumedSeconds): number {
  if (value === undefined) return limits.default;
  const seconds = value as number;
  if (seconds >= limits.least && seconds <= limits.most) return seconds;
  const bound =
    seconds > limits.most ? `less than or equal to ${limits.most}` : `greater than or equal to ${limits.least}`;
  throw invalid(`'${seconds}'`, 'durationSeconds', `Member must have value ${bound}`);
}

function invalid(value: string, member: string, rule: string): AwsError {
  return new AwsError(
    'ValidationError',
    `1 validation error detected: Value ${value} at '${member}' failed to satisfy constraint: ${rule}`,
  );
}
