import type { JsonObject, Operation } from '../../../endpoint/api.ts';
import { constraint, notServed } from '../eventbridge-errors.ts';
import type { RuleTarget } from '../model.ts';
import { busOf, type EventBridgeContext, page, requiredText, ruleArnOf, targetShape } from '../operation-input.ts';
import { checkTarget, checkTargetCount } from '../rule.ts';

const served: ReadonlySet<string> = new Set([
  'Arn',
  'DeadLetterConfig',
  'Id',
  'Input',
  'InputPath',
  'InputTransformer',
  'RetryPolicy',
  'RoleArn',
  'SqsParameters',
]);

/** Adds targets to a rule, or replaces those with the same ids. */
export function putTargets(context: EventBridgeContext): Operation {
  return {
    input: { members: { Rule: 'string', EventBusName: 'string', Targets: { list: targetShape } } },
    permissions: (input) => [{ action: 'events:PutTargets', resource: ruleArnOf(context, input, 'Rule') }],
    run(input) {
      const rule = context.buses.requireRule(busOf(input), requiredText(input, 'Rule'));
      const targets = targetsOf(input);
      for (const target of targets) checkTarget(target);
      const ids = new Set([...rule.targets.keys(), ...targets.map(({ Id }) => Id)]);
      checkTargetCount(ids.size);
      for (const target of targets) rule.targets.set(target.Id, target);
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
  };
}

function targetsOf({ Targets: given }: JsonObject): readonly RuleTarget[] {
  const targets = (given ?? []) as readonly JsonObject[];
  if (targets.length === 0) throw constraint('[]', 'targets', 'Member must have length greater than or equal to 1');
  return targets.map((target) => {
    const strange = Object.keys(target).find((name) => target[name] !== undefined && !served.has(name));
    if (strange !== undefined) throw notServed(`${strange} of a target`, `Leave ${strange} out.`);
    return { ...target, Id: requiredText(target, 'Id'), Arn: requiredText(target, 'Arn') };
  });
}

/**
 * Removes targets by their ids (answer recorded by LocalStack, test_put_list_remove_target). Ids that the rule does not
 * have are passed over: no recording of them was found, so this is chosen here.
 */
export function removeTargets(context: EventBridgeContext): Operation {
  return {
    input: { members: { Rule: 'string', EventBusName: 'string', Ids: { list: 'string' }, Force: 'boolean' } },
    permissions: (input) => [{ action: 'events:RemoveTargets', resource: ruleArnOf(context, input, 'Rule') }],
    run(input) {
      const rule = context.buses.requireRule(busOf(input), requiredText(input, 'Rule'));
      for (const id of (input['Ids'] ?? []) as readonly string[]) rule.targets.delete(id);
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
  };
}

/** The targets of a rule as they were put. */
export function listTargetsByRule(context: EventBridgeContext): Operation {
  return {
    input: { members: { Rule: 'string', EventBusName: 'string', NextToken: 'string', Limit: 'integer' } },
    permissions: (input) => [{ action: 'events:ListTargetsByRule', resource: ruleArnOf(context, input, 'Rule') }],
    run(input) {
      const { targets } = context.buses.requireRule(busOf(input), requiredText(input, 'Rule'));
      const { items, next } = page([...targets.values()], input);
      return { Targets: items, ...next };
    },
  };
}
