import { isJsonObject, shown } from '../../assembly/json.ts';
import { generatedId } from '../../assembly/physical-names.ts';
import type { Properties } from '../../assembly/properties.ts';
import type { ResourceType } from '../../assembly/resource-type.ts';
import { type AccessLogSettings, declaredStages, type StageModel, type Throttle } from './model.ts';

const noMetrics = 'No metrics and no execution logs are made.';

/** `AWS::ApiGatewayV2::Stage`. Every stage serves the API as the template has it: a deployment is no snapshot here. */
export const httpStageType: ResourceType = {
  reads: [
    'AccessLogSettings',
    'ApiId',
    'AutoDeploy',
    'DefaultRouteSettings',
    'DeploymentId',
    'Description',
    'RouteSettings',
    'StageName',
    'StageVariables',
  ],
  ignores: {
    AccessPolicyId: 'AWS does not use it.',
    Tags: 'Nothing reads the tags of a stage.',
  },
  refuses: {
    ClientCertificateId: {
      reason: 'WebSocket APIs alone have client certificates.',
      remedy: 'Remove it from the stage.',
    },
  },
  belongsTo: ['ApiId'],
  without: 'The API answers 404 at the address of the stage.',

  identify: ({ properties }) => ({ physicalId: properties.requiredText('StageName'), attributes: {} }),

  declare({ stack, logicalId, properties }, { physicalId: name }, draft) {
    if (name !== '$default' && !/^[\w-]{1,128}$/.test(name)) {
      throw properties.invalid('StageName', name, '$default, or 1 to 128 letters, digits, hyphens and underscores');
    }
    const description = properties.text('Description');
    const deploymentId = properties.text('DeploymentId');
    const accessLog = readAccessLog(properties, 'AccessLogSettings');
    draft.add(declaredStages, {
      stack,
      logicalId,
      apiId: properties.requiredText('ApiId'),
      place: properties.placeOf('ApiId'),
      name,
      autoDeploy: properties.boolean('AutoDeploy') ?? false,
      ...(description === undefined ? {} : { description }),
      ...(deploymentId === undefined ? {} : { deploymentId }),
      ...readThrottles(properties),
      ...(accessLog === undefined ? {} : { accessLog }),
      variables: readVariables(properties, 'StageVariables'),
    });
  },
};

const routeSettings = [
  'DataTraceEnabled',
  'DetailedMetricsEnabled',
  'LoggingLevel',
  'ThrottlingBurstLimit',
  'ThrottlingRateLimit',
];

function readThrottles(properties: Properties): Pick<StageModel, 'defaultThrottle' | 'routeThrottles'> {
  const byRoute = properties.json('RouteSettings') ?? {};
  const ofRoutes = properties.object('RouteSettings', Object.keys(byRoute));
  const own = Object.keys(byRoute).map((routeKey): [string, Throttle] => [
    routeKey,
    readThrottle(ofRoutes?.object(routeKey, routeSettings)),
  ]);
  return {
    defaultThrottle: readThrottle(properties.object('DefaultRouteSettings', routeSettings)),
    routeThrottles: Object.fromEntries(own),
  };
}

function readThrottle(settings: Properties | undefined): Throttle {
  const burstLimit = settings?.integer('ThrottlingBurstLimit', 0, 2_147_483_647);
  const rate = settings?.value('ThrottlingRateLimit');
  const rateLimit = rate === undefined ? undefined : Number(rate);
  if (rateLimit !== undefined && !(rateLimit >= 0)) {
    throw settings?.invalid('ThrottlingRateLimit', rate, 'a number of requests a second, 0 or more') as Error;
  }
  return { ...(rateLimit === undefined ? {} : { rateLimit }), ...(burstLimit === undefined ? {} : { burstLimit }) };
}

/** The log group of access logs, and how their lines are made. */
export function readAccessLog(properties: Properties, name: string): AccessLogSettings | undefined {
  const settings = properties.object(name, ['DestinationArn', 'Format']);
  if (settings === undefined) return undefined;
  const arn = settings.requiredText('DestinationArn');
  const logGroupName = /^arn:[\w-]+:logs:[^:]*:\d*:log-group:([^:]+)(?::\*)?$/.exec(arn)?.[1];
  if (logGroupName === undefined) throw settings.invalid('DestinationArn', arn, 'the ARN of a log group');
  return { logGroupName, format: settings.requiredText('Format') };
}

/** Stage variables, as texts. */
export function readVariables(properties: Properties, name: string): Record<string, string> {
  const given = properties.json(name) ?? {};
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => [key, shown(isJsonObject(value) ? '' : value)]),
  );
}

/** `AWS::ApiGatewayV2::Deployment`. */
export const httpDeploymentType: ResourceType = {
  reads: ['ApiId'],
  ignores: {
    Description: 'Nothing reads it.',
    StageName: 'Every stage serves the API as the template has it.',
  },
  refuses: {},
  belongsTo: ['ApiId'],

  identify({ stack, logicalId }) {
    const id = generatedId(stack, logicalId, 6);
    return { physicalId: id, attributes: { DeploymentId: id } };
  },

  declare({ stack, logicalId, type }, _identity, draft) {
    draft.limit({ stack, logicalId, type, limit: `Every stage serves the API as the template has it. ${noMetrics}` });
  },
};
