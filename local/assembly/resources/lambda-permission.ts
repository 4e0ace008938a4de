import { assemblyError } from '../error-codes.ts';
import { generatedName } from '../physical-names.ts';
import type { ResourceType } from '../resource-type.ts';

const onlyServices = 'It narrows down which resource of a service may invoke, and no service invokes here.';

/** `AWS::Lambda::Permission`: skipped for AWS services, which do not call here; refused for roles and accounts. */
export const lambdaPermission: ResourceType = {
  reads: ['Principal'],
  ignores: {
    Action: onlyServices,
    EventSourceToken: onlyServices,
    FunctionName: onlyServices,
    FunctionUrlAuthType: onlyServices,
    InvokedViaFunctionUrl: onlyServices,
    PrincipalOrgID: onlyServices,
    SourceAccount: onlyServices,
    SourceArn: onlyServices,
  },
  refuses: {},

  identify({ stack, logicalId }) {
    return { physicalId: generatedName(stack, logicalId, 100), attributes: {} };
  },

  declare({ stack, logicalId, type, properties }, _identity, draft) {
    const principal = properties.requiredText('Principal');
    if (!/\.amazonaws\.com(?:\.cn)?$/u.test(principal)) {
      throw assemblyError(
        'RESOURCE_UNSUPPORTED',
        `It lets ${principal} invoke the function; only identity policies are evaluated for functions.`,
        'Grant the invocation in the policy of the calling role, with grantInvoke for example.',
        properties.placeOf('Principal'),
      );
    }
    draft.skipped.push({ stack, logicalId, type, reason: `${principal} does not invoke functions here.` });
  },
};
