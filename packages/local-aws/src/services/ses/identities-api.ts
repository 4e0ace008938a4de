import { AwsError, type JsonObject, type RestRequest, type RestRoute } from '../../endpoint/api.ts';
import { jsonInput } from '../../endpoint/json.ts';
import { notImplemented } from '../../endpoint/unserved.ts';
import type { Identity } from './identities.ts';
import { identityArn, type SesContext } from './send-email.ts';

const path = '/v2/email/identities';

/** Most identities in an answer (SES API v2 reference, ListEmailIdentities). */
const mostListed = 1000;

/** The operations for identities. Texts of errors are ours, where no user reports AWS's. */
export function identityRoutes(context: SesContext): RestRoute[] {
  const { identities } = context;
  const named = ({ parameters: { EmailIdentity: name = '' } }: RestRequest): Identity => {
    const identity = identities.find(name);
    if (identity !== undefined) return identity;
    throw new AwsError('NotFoundException', `Email identity ${name} does not exist.`, { httpStatus: 404 });
  };
  const permissions =
    (operation: string) =>
    ({ parameters: { EmailIdentity: name = '' } }: RestRequest) => [
      { action: `ses:${operation}`, resource: identityArn(context, name) },
    ];
  const listing = {
    operation: 'ListEmailIdentities',
    permissions: () => [{ action: 'ses:ListEmailIdentities', resource: '*' }],
  };
  return [
    {
      operation: 'CreateEmailIdentity',
      method: 'POST',
      path,
      permissions: ({ body }) => [
        { action: 'ses:CreateEmailIdentity', resource: identityArn(context, createInput(body).EmailIdentity) },
      ],
      run({ body }) {
        const { EmailIdentity: name, ConfigurationSetName: set } = createInput(body);
        if (set !== undefined) throw notImplemented('ses', 'CreateEmailIdentity with ConfigurationSetName');
        if (!/^([^\s@]+@)?[^\s@]+\.[^\s@]+$/.test(name)) {
          throw new AwsError('BadRequestException', `Invalid email identity: ${name}`);
        }
        if (identities.find(name) !== undefined) {
          throw new AwsError('AlreadyExistsException', `Email identity ${name} already exist.`);
        }
        const { type } = identities.add(name);
        const DkimAttributes = { SigningEnabled: false, Status: 'NOT_STARTED' };
        return { status: 200, body: { IdentityType: type, VerifiedForSendingStatus: true, DkimAttributes } };
      },
    },
    {
      operation: 'GetEmailIdentity',
      method: 'GET',
      path: `${path}/{EmailIdentity}`,
      permissions: permissions('GetEmailIdentity'),
      run: (request) => ({
        status: 200,
        body: {
          IdentityType: named(request).type,
          FeedbackForwardingStatus: true,
          VerifiedForSendingStatus: true,
          VerificationStatus: 'SUCCESS',
          DkimAttributes: { SigningEnabled: false, Status: 'NOT_STARTED' },
          Policies: {},
          Tags: [],
        },
      }),
    },
    {
      operation: 'DeleteEmailIdentity',
      method: 'DELETE',
      path: `${path}/{EmailIdentity}`,
      permissions: permissions('DeleteEmailIdentity'),
      run(request) {
        identities.remove(named(request).name);
        return { status: 200, body: {} };
      },
    },
    // Current clients send a document, older ones a query.
    {
      ...listing,
      method: 'POST',
      path: '/v2/email/list-identities',
      run: ({ body }) => ({ status: 200, body: listed(identities.all(), listInput(body)) }),
    },
    {
      ...listing,
      method: 'GET',
      path,
      run({ query }) {
        const [size, token] = [query.get('PageSize'), query.get('NextToken') ?? undefined];
        return {
          status: 200,
          body: listed(identities.all(), { PageSize: size === null ? 0 : Number(size), NextToken: token }),
        };
      },
    },
  ];
}

function createInput(body: Buffer) {
  const shape = { members: { EmailIdentity: 'string', ConfigurationSetName: 'string' } } as const;
  const { EmailIdentity: name, ...rest } = jsonInput(body, shape);
  if (name === undefined) throw new AwsError('BadRequestException', 'EmailIdentity must not be null.');
  return { ...(rest as { readonly ConfigurationSetName?: string }), EmailIdentity: name as string };
}

interface Page {
  readonly PageSize?: number;
  readonly NextToken?: string | undefined;
}

function listInput(body: Buffer): Page {
  const { Filter: filter, ...page } = jsonInput(body, {
    members: { PageSize: 'integer', NextToken: 'string', Filter: { members: {} } },
  });
  if (filter !== undefined) throw notImplemented('ses', 'ListEmailIdentities with Filter');
  return page;
}

/** A page of identities. The token is the name that the next page begins with. */
function listed(identities: readonly Identity[], { PageSize: size = 0, NextToken: token = '' }: Page): JsonObject {
  if (!Number.isInteger(size) || size < 0 || size > mostListed) {
    throw new AwsError('BadRequestException', `PageSize must be a whole number from 0 to ${mostListed}.`);
  }
  const rest = identities.filter(({ name }) => name >= token);
  const shown = size === 0 ? mostListed : size;
  const next = rest[shown];
  return {
    EmailIdentities: rest.slice(0, shown).map(({ name, type }) => ({
      IdentityType: type,
      IdentityName: name,
      SendingEnabled: true,
      VerificationStatus: 'SUCCESS',
    })),
    ...(next !== undefined && { NextToken: next.name }),
  };
}
