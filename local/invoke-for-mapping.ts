import { AwsError } from './endpoint/aws-error.ts';
import { type Invoke, Throttled } from './event-source-mapping/deliver.ts';
import type { LambdaService } from './lambda/lambda-service.ts';

/** Lets event source mappings invoke functions, and tells them a throttle, which they retry, from other errors. */
export function invokeForMapping(lambda: LambdaService): Invoke {
  return async (functionName, payload) => {
    try {
      return await lambda.invoke(functionName, payload);
    } catch (error) {
      if (error instanceof AwsError && error.code === 'TooManyRequestsException') throw new Throttled(error.message);
      throw error;
    }
  };
}
