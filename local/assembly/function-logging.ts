import type { FunctionModel } from '../model.ts';
import { refusedByAws } from './error-codes.ts';
import type { Properties } from './properties.ts';

type Logging = Pick<FunctionModel, 'logFormat' | 'applicationLogLevel' | 'systemLogLevel' | 'logGroupName'>;

/** `LoggingConfig` with Lambda's defaults: text, INFO, a log group named after the function. */
export function readFunctionLogging(properties: Properties, functionName: string): Logging {
  const config = properties.object('LoggingConfig', ['ApplicationLogLevel', 'LogFormat', 'LogGroup', 'SystemLogLevel']);
  const logFormat = config?.choice('LogFormat', ['Text', 'JSON']) ?? 'Text';
  const application = config?.choice('ApplicationLogLevel', ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']);
  const system = config?.choice('SystemLogLevel', ['DEBUG', 'INFO', 'WARN']);
  if (logFormat === 'Text' && (application !== undefined || system !== undefined)) {
    throw refusedByAws(
      'InvalidParameterValueException',
      'To use ApplicationLogLevel or SystemLogLevel, you must set LogFormat to JSON.',
      'Set the log format to JSON, or remove the levels.',
      properties.placeOf('LoggingConfig'),
    );
  }
  return {
    logFormat,
    applicationLogLevel: application ?? 'INFO',
    systemLogLevel: system ?? 'INFO',
    logGroupName: config?.text('LogGroup') ?? `/aws/lambda/${functionName}`,
  };
}
