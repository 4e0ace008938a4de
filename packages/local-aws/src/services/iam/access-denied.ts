import { AwsError } from '../../endpoint/service.ts';
import type { Decision } from './evaluate.ts';
import type { AccessRequest } from './request.ts';

/**
 * The error a denied caller gets. Wording, status and codes as answered by SQS (JSON and Query) and Lambda: the JSON
 * protocols say AccessDeniedException, Query says AccessDenied, and SQS writes its actions in lower case. DynamoDB alone
 * has status 400 (Developer Guide, "Error handling with DynamoDB").
 */
export function accessDenied(request: AccessRequest, decision: Exclude<Decision, 'allowed'>): AwsError {
  const action = request.action.startsWith('sqs:') ? request.action.toLowerCase() : request.action;
  const reasons: Readonly<Record<typeof decision, string>> = {
    'implicit-deny': `because no identity-based policy allows the ${action} action`,
    'identity-deny': 'with an explicit deny in an identity-based policy',
    'resource-deny': 'with an explicit deny in a resource-based policy',
  };
  const message = `User: ${request.sessionArn} is not authorized to perform: ${action} on resource: ${request.resource} ${reasons[decision]}`;
  if (request.viaService === 'sqs') {
    // SQS API reference, common errors of encrypted queues.
    return new AwsError('KmsAccessDenied', message, { queryCode: 'KMS.AccessDeniedException' });
  }
  const httpStatus = request.action.startsWith('dynamodb:') || request.viaService === 'dynamodb' ? 400 : 403;
  return new AwsError('AccessDeniedException', message, { httpStatus, queryCode: 'AccessDenied' });
}
