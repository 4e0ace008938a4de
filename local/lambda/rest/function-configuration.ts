import type { JsonObject } from '../../endpoint/service.ts';
import type { FunctionModel } from '../../model.ts';
import type { DeployedCode } from '../code-store.ts';

/** A function and what the service knows of its code. */
export interface DeployedFunction {
  readonly fn: FunctionModel;
  readonly code: DeployedCode;
  readonly updatedAtMs: number;
}

/**
 * The `FunctionConfiguration` of the Lambda API. Members and their order as recorded against AWS by LocalStack
 * (test_function_lifecycle). `qualified`: the caller named `$LATEST`, which then ends the ARN.
 */
export function functionConfiguration({ fn, code, updatedAtMs }: DeployedFunction, qualified: boolean): JsonObject {
  return {
    FunctionName: fn.name,
    FunctionArn: qualified ? `${fn.arn}:$LATEST` : fn.arn,
    Runtime: fn.runtime,
    Role: fn.roleArn,
    Handler: fn.handler,
    CodeSize: code.sizeBytes,
    Description: fn.description,
    Timeout: fn.timeoutSeconds,
    MemorySize: fn.memoryMb,
    LastModified: new Date(updatedAtMs).toISOString().replace('Z', '+0000'),
    CodeSha256: code.sha256,
    Version: '$LATEST',
    ...(Object.keys(fn.environment).length > 0 && { Environment: { Variables: { ...fn.environment } } }),
    TracingConfig: { Mode: fn.activeTracing ? 'Active' : 'PassThrough' },
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: [fn.architecture],
    EphemeralStorage: { Size: 512 },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    LoggingConfig: {
      LogFormat: fn.logFormat,
      ...(fn.logFormat === 'JSON' && {
        ApplicationLogLevel: fn.applicationLogLevel,
        SystemLogLevel: fn.systemLogLevel,
      }),
      LogGroup: fn.logGroupName,
    },
  };
}
