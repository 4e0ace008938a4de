import type { JsonObject, Operation } from '../../../endpoint/api.ts';
import { invalid } from '../eventbridge-errors.ts';
import { type RuleState, ruleStates } from '../model.ts';
import { busOf, type EventBridgeContext, page, requiredText, ruleArnOf, textOf } from '../operation-input.ts';
import { checkName, checkRule, type Rule } from '../rule.ts';

/** Makes a rule or changes its settings. What is left out is gone then, as on AWS. */
export function putRule(context: EventBridgeContext): Operation {
  const { buses, rulesChanged } = context;
  return {
    input: {
      members: {
        Name: 'string',
        ScheduleExpression: 'string',
        EventPattern: 'string',
        State: 'string',
        Description: 'string',
        RoleArn: 'string',
        EventBusName: 'string',
      },
    },
    permissions: (input) => [{ action: 'events:PutRule', resource: ruleArnOf(context, input, 'Name') }],
    run(input) {
      const name = requiredText(input, 'Name');
      const busName = busOf(input);
      checkName(name, 'name');
      const [pattern, schedule] = [textOf(input, 'EventPattern'), textOf(input, 'ScheduleExpression')];
      const [description, roleArn] = [textOf(input, 'Description'), textOf(input, 'RoleArn')];
      const settings = {
        state: stateOf(input),
        ...(pattern !== undefined && pattern !== '' && { eventPattern: pattern }),
        ...(schedule !== undefined && schedule !== '' && { scheduleExpression: schedule }),
        ...(description !== undefined && { description }),
        ...(roleArn !== undefined && { roleArn }),
      };
      checkRule(busName, settings);
      const { arn } = buses.putRule(busName, name, settings);
      rulesChanged();
      return { RuleArn: arn };
    },
  };
}

function stateOf(input: JsonObject): RuleState {
  const given = textOf(input, 'State') ?? 'ENABLED';
  const state = ruleStates.find((known) => known === given);
  if (state === undefined) {
    throw invalid(`Parameter State is not valid. Reason: State must be one of ${ruleStates.join(', ')}.`);
  }
  return state;
}

/**
 * A rule with targets stays (recorded by LocalStack, test_delete_rule_with_targets). A rule that is not there is as good
 * as deleted (moto's test_delete_unknown_rule, "verified against AWS").
 */
export function deleteRule(context: EventBridgeContext): Operation {
  const { buses, rulesChanged } = context;
  return {
    input: { members: { Name: 'string', EventBusName: 'string', Force: 'boolean' } },
    permissions: (input) => [{ action: 'events:DeleteRule', resource: ruleArnOf(context, input, 'Name') }],
    run(input) {
      const { rules } = buses.require(busOf(input));
      const rule = rules.get(requiredText(input, 'Name'));
      if (rule !== undefined && rule.targets.size > 0) throw invalid("Rule can't be deleted since it has targets.");
      if (rule !== undefined) rules.delete(rule.name);
      rulesChanged();
      return {};
    },
  };
}

/** One rule. Throws `ResourceNotFoundException`. */
export function describeRule(context: EventBridgeContext): Operation {
  return {
    input: { members: { Name: 'string', EventBusName: 'string' } },
    permissions: (input) => [{ action: 'events:DescribeRule', resource: ruleArnOf(context, input, 'Name') }],
    run(input) {
      const rule = context.buses.requireRule(busOf(input), requiredText(input, 'Name'));
      return { ...describe(rule), CreatedBy: context.accountId };
    },
  };
}

/** The rules of a bus, by name. */
export function listRules({ buses }: EventBridgeContext): Operation {
  return {
    input: { members: { NamePrefix: 'string', EventBusName: 'string', NextToken: 'string', Limit: 'integer' } },
    permissions: () => [{ action: 'events:ListRules', resource: '*' }],
    run(input) {
      const prefix = textOf(input, 'NamePrefix') ?? '';
      const rules = [...buses.require(busOf(input)).rules.values()].filter(({ name }) => name.startsWith(prefix));
      const { items, next } = page(
        rules.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
        input,
      );
      return { Rules: items.map(describe), ...next };
    },
  };
}

function describe({ name, arn, busName, settings }: Rule): JsonObject {
  const { state, eventPattern, scheduleExpression, description, roleArn } = settings;
  return {
    Name: name,
    Arn: arn,
    EventBusName: busName,
    State: state,
    ...(eventPattern !== undefined && { EventPattern: eventPattern }),
    ...(scheduleExpression !== undefined && { ScheduleExpression: scheduleExpression }),
    ...(description !== undefined && { Description: description }),
    ...(roleArn !== undefined && { RoleArn: roleArn }),
  };
}

/** A schedule starts anew when its rule is enabled. */
export const enableRule = (context: EventBridgeContext) => stateOperation(context, 'EnableRule', 'ENABLED');

export const disableRule = (context: EventBridgeContext) => stateOperation(context, 'DisableRule', 'DISABLED');

function stateOperation(context: EventBridgeContext, name: string, state: RuleState): Operation {
  return {
    input: { members: { Name: 'string', EventBusName: 'string' } },
    permissions: (input) => [{ action: `events:${name}`, resource: ruleArnOf(context, input, 'Name') }],
    run(input) {
      const rule = context.buses.requireRule(busOf(input), requiredText(input, 'Name'));
      rule.settings = { ...rule.settings, state };
      context.rulesChanged();
      return {};
    },
  };
}
