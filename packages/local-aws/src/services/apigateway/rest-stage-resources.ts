import { generatedId } from '../../assembly/physical-names.ts';
import type { Properties } from '../../assembly/properties.ts';
import type { ResourceType } from '../../assembly/resource-type.ts';
import { declaredRestStages, type RestStageModel, type Throttle } from './model.ts';
import { readAccessLog, readVariables } from './stage-resources.ts';

const noCache = {
  reason: 'Answers are not cached here.',
  remedy: 'Leave the cache out when the stack is synthesized for local use.',
};
const noCanary = {
  reason: 'A stage serves one deployment.',
  remedy: 'Leave the canary out when the stack is synthesized for local use.',
};

/** `AWS::ApiGateway::Stage`. */
export const restStageType: ResourceType = {
  reads: ['AccessLogSetting', 'DeploymentId', 'MethodSettings', 'RestApiId', 'StageName', 'Variables'],
  ignores: {
    CacheClusterSize: 'Answers are not cached.',
    Description: 'Nothing reads it.',
    DocumentationVersion: 'Nothing reads it.',
    Tags: 'Nothing reads the tags of a stage.',
    TracingEnabled: 'No traces are recorded.',
  },
  refuses: {
    CacheClusterEnabled: noCache,
    CanarySetting: noCanary,
    ClientCertificateId: { reason: 'There is no TLS to functions.', remedy: 'Remove it from the stage.' },
  },
  belongsTo: ['RestApiId'],
  without: 'The API answers 403 at the address of the stage.',

  identify: ({ properties }) => ({ physicalId: properties.requiredText('StageName'), attributes: {} }),

  declare({ stack, logicalId, properties }, { physicalId: name }, draft) {
    const accessLog = readAccessLog(properties, 'AccessLogSetting');
    draft.add(declaredRestStages, {
      stack,
      logicalId,
      apiId: properties.requiredText('RestApiId'),
      place: properties.placeOf('RestApiId'),
      name,
      deploymentId: properties.text('DeploymentId') ?? '',
      ...readThrottles(properties),
      ...(accessLog === undefined ? {} : { accessLog }),
      variables: readVariables(properties, 'Variables'),
    });
  },
};

/** Settings of a method: `/~1orders` is the path `/orders`, `/*` with `*` are all methods. */
function readThrottles(properties: Properties): Pick<RestStageModel, 'defaultThrottle' | 'routeThrottles'> {
  const settings = properties.objects('MethodSettings', [
    'CacheDataEncrypted',
    'CacheTtlInSeconds',
    'CachingEnabled',
    'DataTraceEnabled',
    'HttpMethod',
    'LoggingLevel',
    'MetricsEnabled',
    'ResourcePath',
    'ThrottlingBurstLimit',
    'ThrottlingRateLimit',
  ]);
  let defaultThrottle: Throttle = {};
  const routeThrottles: Record<string, Throttle> = {};
  for (const setting of settings) {
    const burstLimit = setting.integer('ThrottlingBurstLimit', 0, 2_147_483_647);
    const rate = setting.text('ThrottlingRateLimit');
    const throttle = {
      ...(rate === undefined ? {} : { rateLimit: Number(rate) }),
      ...(burstLimit === undefined ? {} : { burstLimit }),
    };
    const method = setting.text('HttpMethod') ?? '*';
    const path = (setting.text('ResourcePath') ?? '/*').replaceAll('~1', '/').replace(/^\/\//, '/');
    if (method === '*' && path === '/*') defaultThrottle = throttle;
    else routeThrottles[`${method} ${path}`] = throttle;
  }
  return { defaultThrottle, routeThrottles };
}

/** `AWS::ApiGateway::Deployment`, which may make a stage. Every stage serves the API as the template has it. */
export const restDeploymentType: ResourceType = {
  reads: ['RestApiId', 'StageName'],
  ignores: {
    Description: 'Nothing reads it.',
    StageDescription: 'A stage of a deployment has no settings here.',
  },
  refuses: { DeploymentCanarySettings: noCanary },
  belongsTo: ['RestApiId'],

  identify({ stack, logicalId }) {
    const id = generatedId(stack, logicalId, 6);
    return { physicalId: id, attributes: { DeploymentId: id } };
  },

  declare({ stack, logicalId, properties }, { physicalId: deploymentId }, draft) {
    const name = properties.text('StageName');
    if (name === undefined) return;
    draft.add(declaredRestStages, {
      stack,
      logicalId,
      apiId: properties.requiredText('RestApiId'),
      place: properties.placeOf('RestApiId'),
      name,
      deploymentId,
      defaultThrottle: {},
      routeThrottles: {},
      variables: {},
    });
  },
};

/** `AWS::ApiGateway::Account`: the role that API Gateway writes logs with. It writes them here without. */
export const restAccountType: ResourceType = {
  reads: [],
  ignores: { CloudWatchRoleArn: 'Access logs are written without a role.' },
  refuses: {},

  identify({ stack, logicalId }) {
    const id = generatedId(stack, logicalId, 10);
    return { physicalId: id, attributes: { Id: id } };
  },

  declare() {
    // Nothing of it is needed.
  },
};
