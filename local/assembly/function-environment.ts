import { refusedByAws } from './error-codes.ts';
import { isJsonObject, shown } from './json.ts';
import type { Properties } from './properties.ts';

/** Lambda developer guide, "Reserved environment variables". */
const reservedNames = [
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
];
const limitBytes = 4096;
const cannotConfigure =
  'Lambda was unable to configure your environment variables because the environment variables you have provided';

/** The environment variables of a function, within Lambda's rules for names and size (4 KB in all). */
export function readFunctionEnvironment(properties: Properties): Record<string, string> {
  const variables = properties.object('Environment', ['Variables'])?.json('Variables') ?? {};
  const place = properties.placeOf('Environment');
  const reserved = Object.keys(variables).filter((name) => reservedNames.includes(name));
  if (reserved.length > 0) {
    throw refusedByAws(
      'InvalidParameterValueException',
      `${cannotConfigure} contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
      'Rename the variables; Lambda sets these itself.',
      place,
    );
  }
  const nested = Object.keys(variables).find((name) => isJsonObject(variables[name]) || Array.isArray(variables[name]));
  if (nested !== undefined) throw properties.invalid('Environment', variables[nested], `text for ${nested}`);
  const environment = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, shown(value)]));
  const sizeBytes = Buffer.byteLength(JSON.stringify(environment));
  if (sizeBytes > limitBytes) {
    throw refusedByAws(
      'InvalidParameterValueException',
      `${cannotConfigure} exceeded the 4KB limit. String measured: ${JSON.stringify(environment)}`,
      `Shorten them: they take ${sizeBytes} bytes as JSON.`,
      place,
    );
  }
  return environment;
}
