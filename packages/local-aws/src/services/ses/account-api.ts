import { AwsError, type RestRoute } from '../../endpoint/api.ts';
import { jsonInput } from '../../endpoint/json.ts';
import { notImplemented } from '../../endpoint/unserved.ts';
import type { SesContext } from './send-email.ts';
import type { SuppressedAddress, SuppressionReason } from './suppression-list.ts';

/** What an account may do that AWS has let out of the sandbox (SES Developer Guide, "Service quotas"). Not enforced. */
const quota = { Max24HourSend: 50_000, MaxSendRate: 14 } as const;

/** GetAccount: an account out of the sandbox, which may write to every address. */
export function getAccount(sentLastDay: () => number): RestRoute {
  return {
    operation: 'GetAccount',
    method: 'GET',
    path: '/v2/email/account',
    permissions: () => [{ action: 'ses:GetAccount', resource: '*' }],
    run: () => ({
      status: 200,
      body: {
        DedicatedIpAutoWarmupEnabled: true,
        EnforcementStatus: 'HEALTHY',
        ProductionAccessEnabled: true,
        SendingEnabled: true,
        SendQuota: { ...quota, SentLast24Hours: sentLastDay() },
        SuppressionAttributes: { SuppressedReasons: ['BOUNCE', 'COMPLAINT'] },
      },
    }),
  };
}

const path = '/v2/email/suppression/addresses';

const permissions = (operation: string) => () => [{ action: `ses:${operation}`, resource: '*' }];

/** The operations for the account's suppression list. The list of a tenant is not here. */
export function suppressionRoutes({ suppressed }: SesContext): RestRoute[] {
  const named = (address = ''): SuppressedAddress => {
    const found = suppressed.find(address);
    if (found !== undefined) return found;
    const message = `Email address ${address} does not exist on your suppression list.`;
    throw new AwsError('NotFoundException', message, { httpStatus: 404 });
  };
  return [
    {
      operation: 'PutSuppressedDestination',
      method: 'PUT',
      path,
      permissions: permissions('PutSuppressedDestination'),
      run({ body }) {
        const { EmailAddress: address, Reason: reason } = jsonInput(body, {
          members: { EmailAddress: 'string', Reason: 'string' },
        });
        if (address === undefined) throw new AwsError('BadRequestException', 'EmailAddress must not be null.');
        if (reason !== 'BOUNCE' && reason !== 'COMPLAINT') {
          throw new AwsError('BadRequestException', 'Reason must be BOUNCE or COMPLAINT.');
        }
        suppressed.put(address as string, reason satisfies SuppressionReason);
        return { status: 200, body: {} };
      },
    },
    {
      operation: 'GetSuppressedDestination',
      method: 'GET',
      path: `${path}/{EmailAddress}`,
      permissions: permissions('GetSuppressedDestination'),
      run: ({ parameters }) => ({
        status: 200,
        body: { SuppressedDestination: { ...summary(named(parameters['EmailAddress'])), Attributes: {} } },
      }),
    },
    {
      operation: 'DeleteSuppressedDestination',
      method: 'DELETE',
      path: `${path}/{EmailAddress}`,
      permissions: permissions('DeleteSuppressedDestination'),
      run({ parameters }) {
        suppressed.remove(named(parameters['EmailAddress']).address);
        return { status: 200, body: {} };
      },
    },
    {
      operation: 'ListSuppressedDestinations',
      method: 'GET',
      path,
      permissions: permissions('ListSuppressedDestinations'),
      run({ query }) {
        const absent = ['StartDate', 'EndDate', 'PageSize', 'NextToken'].find((name) => query.has(name));
        if (absent !== undefined) throw notImplemented('ses', `ListSuppressedDestinations with ${absent}`);
        const reasons = query.getAll('Reason');
        const found = suppressed.all().filter(({ reason }) => reasons.length === 0 || reasons.includes(reason));
        return { status: 200, body: { SuppressedDestinationSummaries: found.map(summary) } };
      },
    },
  ];
}

function summary({ address, reason, updatedAtMs }: SuppressedAddress) {
  return { EmailAddress: address, Reason: reason, LastUpdateTime: updatedAtMs / 1000 };
}
