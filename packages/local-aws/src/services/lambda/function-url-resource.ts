import type { Draft } from '../../assembly/draft.ts';
import { assemblyError, refusedByAws } from '../../assembly/error-codes.ts';
import { generatedId } from '../../assembly/physical-names.ts';
import type { DeclaredResource, ResourceType } from '../../assembly/resource-type.ts';
import { readCors } from './cors-property.ts';
import { declaredFunctions, declaredFunctionUrls } from './model.ts';

/** `AWS::Lambda::Url`. API Gateway's server answers requests to it (services/apigateway/function-url.ts). */
export const functionUrlType: ResourceType = {
  reads: ['AuthType', 'Cors', 'InvokeMode', 'Qualifier', 'TargetFunctionArn'],
  ignores: {},
  refuses: {},
  belongsTo: ['TargetFunctionArn'],
  without: 'No request comes in: invoke the function through the Lambda API.',

  identify(resource) {
    const { environment } = resource;
    const id = generatedId(resource.stack, resource.logicalId, 32);
    const functionArn = functionArnOf(resource);
    const url = `${environment.apiUrl}/${id}/`;
    return {
      physicalId: functionArn,
      attributes: { FunctionArn: functionArn, FunctionUrl: url },
      addresses: { [`https://${id}.lambda-url.${environment.region}.on.aws/`]: url },
    };
  },

  declare(resource, { attributes }, draft) {
    const { stack, logicalId, type, properties } = resource;
    if (properties.choice('InvokeMode', ['BUFFERED', 'RESPONSE_STREAM']) === 'RESPONSE_STREAM') {
      throw assemblyError(
        'PROPERTY_UNSUPPORTED',
        'Answers are not streamed here: a function answers as a whole.',
        'Set InvokeMode to BUFFERED when the stack is synthesized for local use.',
        properties.placeOf('InvokeMode'),
      );
    }
    const authType = properties.choice('AuthType', ['NONE', 'AWS_IAM']);
    if (authType === undefined) throw properties.invalid('AuthType', undefined, 'NONE or AWS_IAM');
    if (properties.text('Qualifier') !== undefined) {
      draft.limit({ stack, logicalId, type, limit: 'A URL of an alias invokes the current code of the function.' });
    }
    const functionArn = attributes['FunctionArn'] ?? '';
    const cors = readCors(properties, 'Cors');
    draft.add(declaredFunctionUrls, {
      stack,
      logicalId,
      id: generatedId(stack, logicalId, 32),
      functionName: functionArn.split(':')[6] ?? '',
      functionArn,
      url: attributes['FunctionUrl'] ?? '',
      authType,
      ...(cors === undefined ? {} : { cors }),
      place: properties.placeOf('TargetFunctionArn'),
    });
  },
};

/** A function is named by its ARN or its name. */
function functionArnOf({ properties, environment: { partition, region, accountId } }: DeclaredResource): string {
  const given = properties.requiredText('TargetFunctionArn');
  return given.startsWith('arn:') ? given : `arn:${partition}:lambda:${region}:${accountId}:function:${given}`;
}

/** Refuses URLs of functions that are in no stack, and a second URL of a function. */
export function checkFunctionUrls(draft: Draft): void {
  const seen = new Set<string>();
  for (const { functionName, functionArn, place } of draft.all(declaredFunctionUrls)) {
    if (!draft.all(declaredFunctions).some(({ name }) => name === functionName)) {
      throw assemblyError(
        'REFERENCE_MISSING',
        `There is no function ${functionName}.`,
        'Declare it in the app.',
        place,
      );
    }
    if (seen.has(functionArn)) {
      const message = `Failed to create function url config for [functionArn = ${functionArn}]. Error message:  FunctionUrlConfig exists for this Lambda function`;
      throw refusedByAws('ResourceConflictException', message, 'Remove one of the two URLs.', place);
    }
    seen.add(functionArn);
  }
}
