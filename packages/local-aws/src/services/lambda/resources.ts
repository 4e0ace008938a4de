import { type Draft, refuseSameNames } from '../../assembly/draft.ts';
import { assemblyError, refusedByAws } from '../../assembly/error-codes.ts';
import { generatedName } from '../../assembly/physical-names.ts';
import type { Properties } from '../../assembly/properties.ts';
import type { ResourceType, ResourceTypes } from '../../assembly/resource-type.ts';
import { declaredRoles } from '../iam/model.ts';
import { checkMappings, eventSourceMappingType } from './event-source-mapping/resource.ts';
import { functionType } from './function-resource.ts';
import { checkFunctionUrls, functionUrlType } from './function-url-resource.ts';
import {
  declaredAsyncRetries,
  declaredFunctions,
  declaredFunctionUrls,
  declaredMappings,
  declaredPermissions,
  type FunctionModel,
  type LambdaModel,
} from './model.ts';

/** Services of AWS that invoke functions here. */
const invokers: ReadonlySet<string> = new Set([
  'apigateway.amazonaws.com',
  'events.amazonaws.com',
  'sns.amazonaws.com',
]);

/**
 * `AWS::Lambda::Permission`: skipped for AWS services that do not call here. For roles, accounts and everybody it is
 * about function URLs, and refused otherwise.
 */
const permissionType: ResourceType = {
  reads: [
    'Action',
    'EventSourceToken',
    'FunctionName',
    'FunctionUrlAuthType',
    'InvokedViaFunctionUrl',
    'Principal',
    'PrincipalOrgID',
    'SourceAccount',
    'SourceArn',
  ],
  ignores: {},
  refuses: {},
  belongsTo: ['FunctionName'],
  without: 'Whom it names may not invoke the function, if its own policies do not say so.',

  identify({ stack, logicalId }) {
    return { physicalId: generatedName(stack, logicalId, 100), attributes: {} };
  },

  declare({ stack, logicalId, type, properties, environment }, { physicalId }, draft) {
    const principal = properties.requiredText('Principal');
    const isForUrl =
      properties.value('FunctionUrlAuthType') !== undefined || properties.boolean('InvokedViaFunctionUrl') === true;
    if (!isForUrl && !isService(principal)) {
      throw assemblyError(
        'RESOURCE_UNSUPPORTED',
        `It lets ${principal} invoke the function; only identity policies are evaluated for functions.`,
        'Grant the invocation in the policy of the calling role, with grantInvoke for example.',
        properties.placeOf('Principal'),
      );
    }
    if (isService(principal) && !invokers.has(principal)) {
      draft.skip({ stack, logicalId, type, reason: `${principal} does not invoke functions here.` });
    }
    // A name or an ARN. A version or an alias behind it has a policy of its own.
    const [, functionName] =
      /(?:^|:function:)([\w-]+)(?::\$LATEST)?$/.exec(properties.requiredText('FunctionName')) ?? [];
    if (functionName === undefined) return;
    const condition = permissionCondition(properties);
    draft.add(declaredPermissions, {
      functionName,
      statement: {
        Sid: physicalId,
        Effect: 'Allow',
        Principal: isService(principal) ? { Service: principal } : principal === '*' ? '*' : { AWS: principal },
        Action: properties.requiredText('Action'),
        Resource: `arn:${environment.partition}:lambda:${environment.region}:${environment.accountId}:function:${functionName}`,
        ...(Object.keys(condition).length > 0 && { Condition: condition }),
      },
    });
  },
};

function isService(principal: string): boolean {
  return /\.amazonaws\.com(?:\.cn)?$/u.test(principal);
}

/** The condition that AddPermission makes of its parameters, as GetPolicy answers it (recorded by LocalStack). */
function permissionCondition(properties: Properties): Record<string, Record<string, string>> {
  const equals = {
    'AWS:SourceAccount': properties.text('SourceAccount'),
    'aws:PrincipalOrgID': properties.text('PrincipalOrgID'),
    'lambda:EventSourceToken': properties.text('EventSourceToken'),
    'lambda:FunctionUrlAuthType': properties.text('FunctionUrlAuthType'),
  };
  const given = Object.entries(equals).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]));
  const sourceArn = properties.text('SourceArn');
  return {
    ...(given.length > 0 && { StringEquals: Object.fromEntries(given) }),
    ...(properties.boolean('InvokedViaFunctionUrl') === true && { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } }),
    ...(sourceArn !== undefined && { ArnLike: { 'AWS:SourceArn': sourceArn } }),
  };
}

/** `AWS::Lambda::EventInvokeConfig`: retries of asynchronous invocations. Limits: Lambda API reference, of that name. */
const eventInvokeConfigType: ResourceType = {
  reads: ['FunctionName', 'MaximumEventAgeInSeconds', 'MaximumRetryAttempts', 'Qualifier'],
  ignores: {},
  refuses: {
    DestinationConfig: {
      reason: 'Asynchronous invocations have no destinations here.',
      remedy: 'Leave out onSuccess and onFailure when the stack is synthesized for local use.',
    },
  },
  belongsTo: ['FunctionName'],
  without: 'Asynchronous invocations of the function are retried as often as is the default.',

  identify({ stack, logicalId }) {
    return { physicalId: generatedName(stack, logicalId, 100), attributes: {} };
  },

  declare({ stack, logicalId, type, properties }, _identity, draft) {
    const qualifier = properties.text('Qualifier');
    if (qualifier !== undefined && qualifier !== '$LATEST') {
      const reason = `Only $LATEST can be invoked here, and these retries are those of ${qualifier}.`;
      draft.skip({ stack, logicalId, type, reason });
      return;
    }
    const maximumRetryAttempts = properties.integer('MaximumRetryAttempts', 0, 2);
    const maximumEventAgeSeconds = properties.integer('MaximumEventAgeInSeconds', 60, 21_600);
    draft.add(declaredAsyncRetries, {
      functionName: properties.requiredText('FunctionName').split(':').at(-1) ?? '',
      settings: {
        ...(maximumRetryAttempts !== undefined && { maximumRetryAttempts }),
        ...(maximumEventAgeSeconds !== undefined && { maximumEventAgeSeconds }),
      },
      place: properties.placeOf('FunctionName'),
    });
  },
};

/** What becomes of versions and aliases: see `findFunction` in function-name.ts, and the mapping's resource type. */
const onlyLatest = 'A mapping on it runs the current code of the function; an invocation of it finds nothing.';

/** `AWS::Lambda::Alias`: the function under another ARN. */
const aliasType: ResourceType = {
  reads: ['FunctionName', 'Name'],
  ignores: {
    Description: 'Nothing reads it.',
    FunctionVersion: 'Every version runs the current code of its function.',
    ProvisionedConcurrencyConfig: 'Environments start on demand.',
  },
  refuses: {
    RoutingConfig: {
      reason: 'Invocations cannot be divided between versions: there is one code of each function.',
      remedy: 'Remove the additional versions when the stack is synthesized for local use.',
    },
  },
  belongsTo: ['FunctionName'],

  identify({ properties, environment: { partition, region, accountId } }) {
    const name = properties.requiredText('FunctionName');
    const arn = name.startsWith('arn:') ? name : `arn:${partition}:lambda:${region}:${accountId}:function:${name}`;
    const aliasArn = `${arn}:${properties.requiredText('Name')}`;
    return { physicalId: aliasArn, attributes: { AliasArn: aliasArn } };
  },

  declare({ stack, logicalId, type }, _identity, draft) {
    draft.limit({ stack, logicalId, type, limit: onlyLatest });
  },
};

/** `AWS::Lambda::Version`. There is one code of each function here, so a version is the function under another ARN. */
const versionType: ResourceType = {
  reads: ['FunctionName'],
  ignores: {
    CodeSha256: 'Only CloudFormation compares it.',
    Description: 'Nothing reads it.',
    FunctionScalingConfig: 'Environments start on demand.',
    ProvisionedConcurrencyConfig: 'Environments start on demand.',
    RuntimePolicy: 'The runtime is the Node.js of this machine.',
  },
  refuses: {},
  belongsTo: ['FunctionName'],

  identify({ properties, environment: { partition, region, accountId } }) {
    const name = properties.requiredText('FunctionName');
    const arn = name.startsWith('arn:') ? name : `arn:${partition}:lambda:${region}:${accountId}:function:${name}`;
    return { physicalId: `${arn}:1`, attributes: { Version: '1', FunctionArn: `${arn}:1` } };
  },

  declare({ stack, logicalId, type }, _identity, draft) {
    draft.limit({ stack, logicalId, type, limit: onlyLatest });
  },
};

/** Lambda's resource types in templates. */
export const lambdaResourceTypes: ResourceTypes = {
  'AWS::Lambda::Alias': aliasType,
  'AWS::Lambda::EventInvokeConfig': eventInvokeConfigType,
  'AWS::Lambda::EventSourceMapping': eventSourceMappingType,
  'AWS::Lambda::Function': functionType,
  'AWS::Lambda::Permission': permissionType,
  'AWS::Lambda::Url': functionUrlType,
  'AWS::Lambda::Version': versionType,
};

/** Lambda's part of the model. Refuses what Lambda would refuse, its queues and roles looked at too. */
export function readLambdaModel(draft: Draft): LambdaModel {
  const functions = draft.all(declaredFunctions);
  refuseSameNames('functions', functions);
  checkRoles(draft);
  checkReservations(draft);
  checkMappings(draft);
  refuseStrayAsyncRetries(draft);
  checkFunctionUrls(draft);
  return {
    functions: functions.map((fn) => withPermissions(withAsyncRetry(fn, draft), draft)),
    mappings: draft.all(declaredMappings),
    functionUrls: draft.all(declaredFunctionUrls),
  };
}

/**
 * Of the account's 1,000 concurrent executions 100 stay with the functions that reserve none (Lambda Developer Guide,
 * "Configuring reserved concurrency for a function").
 */
const mostReserved = 900;

/** Refuses a function whose role, if it is one of the stacks', does not trust Lambda. */
function checkRoles(draft: Draft): void {
  for (const { stack, logicalId, roleArn } of draft.all(declaredFunctions)) {
    const role = draft.all(declaredRoles).find(({ arn }) => arn === roleArn);
    if (role === undefined || role.trustsLambda) continue;
    throw refusedByAws(
      'InvalidParameterValueException',
      'The role defined for the function cannot be assumed by Lambda.',
      `Let the trust policy of ${role.logicalId} allow sts:AssumeRole to lambda.amazonaws.com.`,
      { stack, logicalId, property: '/Properties/Role' },
    );
  }
}

function checkReservations(draft: Draft): void {
  let reserved = 0;
  for (const { stack, logicalId, reservedConcurrency = 0 } of draft.all(declaredFunctions)) {
    reserved += reservedConcurrency;
    if (reserved <= mostReserved) continue;
    throw refusedByAws(
      'InvalidParameterValueException',
      "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
      `All functions together reserve at most ${mostReserved}, of the 1,000 that an account has; with this one it is ${reserved}.`,
      { stack, logicalId, property: '/Properties/ReservedConcurrentExecutions' },
    );
  }
}

function withAsyncRetry(fn: FunctionModel, draft: Draft): FunctionModel {
  const own = draft.all(declaredAsyncRetries).find(({ functionName }) => functionName === fn.name);
  return own === undefined ? fn : { ...fn, asyncRetry: own.settings };
}

function withPermissions(fn: FunctionModel, draft: Draft): FunctionModel {
  const own = draft.all(declaredPermissions).filter(({ functionName }) => functionName === fn.name);
  return own.length === 0 ? fn : { ...fn, permissions: own.map(({ statement }) => statement) };
}

function refuseStrayAsyncRetries(draft: Draft): void {
  const stray = draft
    .all(declaredAsyncRetries)
    .find(({ functionName }) => !draft.all(declaredFunctions).some(({ name }) => name === functionName));
  if (stray === undefined) return;
  const { functionName, place } = stray;
  throw assemblyError('REFERENCE_MISSING', `There is no function ${functionName}.`, 'Declare it in the app.', place);
}
