import { type Draft, refuseSameNames } from '../../assembly/draft.ts';
import { refusedByAws } from '../../assembly/error-codes.ts';
import { generatedName } from '../../assembly/physical-names.ts';
import type { Properties } from '../../assembly/properties.ts';
import type { DeclaredResource, ResourceType, ResourceTypes } from '../../assembly/resource-type.ts';
import { AwsError } from '../../endpoint/api.ts';
import type { Place } from '../../errors.ts';
import type { PolicyDocument, PolicyStatement } from '../iam/model.ts';
import { isStatement, readPolicyDocument } from '../iam/resources.ts';
import { busNameOf } from './bus-event.ts';
import {
  declaredBusStatements,
  type DeclaredEventBus,
  declaredEventBuses,
  declaredRules,
  defaultBusName,
  type EventBridgeModel,
  type EventBusModel,
  ruleStates,
  type RuleTarget,
} from './model.ts';
import { checkBusName } from './operations/buses.ts';
import { checkName, checkRule, checkTarget, checkTargetCount, isReached } from './rule.ts';
import { isTransformer } from './target-input.ts';

/** `AWS::Events::EventBus`. */
const eventBusType: ResourceType = {
  reads: ['Description', 'Name', 'Policy'],
  ignores: {
    KmsKeyIdentifier: 'Events are not kept on a disk, so that there is nothing to encrypt.',
    LogConfig: 'The console tells what comes onto a bus.',
    Tags: 'No condition on tags is evaluated.',
  },
  refuses: {
    DeadLetterConfig: {
      reason: 'Only targets of rules have dead-letter queues here.',
      remedy: 'Give the targets of the rules dead-letter queues.',
    },
    EventSourceName: {
      reason: 'No partner sends events here.',
      remedy: 'Leave the bus of the partner out when the stack is synthesized for local use.',
    },
  },
  without: 'What is put onto it goes nowhere, and with it go its rules.',

  identify({ properties, environment: { partition, region, accountId } }) {
    const name = properties.requiredText('Name');
    inWordsOfAws(() => checkBusName(name), `Rename the bus ${name}.`, properties.placeOf('Name'));
    const arn = `arn:${partition}:events:${region}:${accountId}:event-bus/${name}`;
    return { physicalId: name, attributes: { Arn: arn, Name: name, Policy: '' } };
  },

  declare({ stack, logicalId, properties }, { physicalId: name, attributes }, draft) {
    const description = properties.text('Description');
    draft.add(declaredEventBuses, {
      stack,
      logicalId,
      name,
      arn: attributes['Arn'] ?? '',
      ...(description !== undefined && { description }),
      ...(properties.json('Policy') !== undefined && { policy: readPolicyDocument(properties, 'Policy') }),
    });
  },
};

/** `AWS::Events::EventBusPolicy`: a statement, or an account or everybody that may put events. */
const eventBusPolicyType: ResourceType = {
  reads: ['Action', 'Condition', 'EventBusName', 'Principal', 'Statement', 'StatementId'],
  ignores: {},
  refuses: {},
  belongsTo: ['EventBusName'],
  without: 'Who else may put events onto the bus, and who may not, is not checked.',

  identify({ stack, logicalId, properties }) {
    return { physicalId: properties.text('StatementId') ?? generatedName(stack, logicalId, 64), attributes: {} };
  },

  declare({ stack, logicalId, properties, environment }, { physicalId }, draft) {
    const { partition, region, accountId } = environment;
    const busName = busNameOf(properties.text('EventBusName'));
    const resource = `arn:${partition}:events:${region}:${accountId}:event-bus/${busName}`;
    const statement = properties.json('Statement') ?? statementOf(properties, resource);
    const withId = { Sid: physicalId, ...statement };
    if (!isStatement(withId)) throw properties.invalid('Statement', statement, 'a statement of a policy');
    draft.add(declaredBusStatements, { stack, logicalId, busName, statement: withId });
  },
};

/** The statement that `Action`, `Principal` and `Condition` stand for (API reference of PutPermission). */
function statementOf(properties: Properties, resource: string): object {
  const principal = properties.requiredText('Principal');
  const condition = properties.object('Condition', ['Key', 'Type', 'Value']);
  return {
    Effect: 'Allow',
    Principal: principal === '*' ? '*' : { AWS: principal },
    Action: properties.text('Action') ?? 'events:PutEvents',
    Resource: resource,
    ...(condition !== undefined && {
      Condition: {
        [condition.requiredText('Type')]: { [condition.requiredText('Key')]: condition.requiredText('Value') },
      },
    }),
  };
}

/** `AWS::Events::Rule`. Targets that are not reached here are told, and the others get the events. */
const ruleType: ResourceType = {
  reads: ['Description', 'EventBusName', 'EventPattern', 'Name', 'RoleArn', 'ScheduleExpression', 'State', 'Targets'],
  ignores: { Tags: 'No condition on tags is evaluated.' },
  refuses: {},
  belongsTo: ['EventBusName'],
  without: 'What it would invoke or send to waits for you: invoke the function, or send to the queue.',

  identify({ stack, logicalId, environment: { partition, region, accountId }, properties }) {
    const name = properties.text('Name') ?? generatedName(stack, logicalId, 64);
    const busName = busNameOf(properties.text('EventBusName'));
    const isDefault = busName === defaultBusName;
    const path = isDefault ? name : `${busName}/${name}`;
    return {
      // CloudFormation User Guide, AWS::Events::Rule, return values.
      physicalId: isDefault ? name : `${busName}|${name}`,
      attributes: { Arn: `arn:${partition}:events:${region}:${accountId}:rule/${path}` },
    };
  },

  declare(resource, { physicalId, attributes }, draft) {
    const { stack, logicalId, properties } = resource;
    const name = physicalId.split('|').at(-1) ?? physicalId;
    const busName = busNameOf(properties.text('EventBusName'));
    const pattern = properties.json('EventPattern');
    const texts = {
      description: properties.text('Description'),
      scheduleExpression: properties.text('ScheduleExpression'),
      roleArn: properties.text('RoleArn'),
    };
    const settings = {
      state: properties.choice('State', ruleStates) ?? 'ENABLED',
      ...(pattern !== undefined && { eventPattern: JSON.stringify(pattern) }),
      ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined)),
    };
    const at = properties.placeOf(pattern === undefined ? 'ScheduleExpression' : 'EventPattern');
    inWordsOfAws(() => checkName(name, 'name'), `Rename the rule ${name}.`, properties.placeOf('Name'));
    inWordsOfAws(() => checkRule(busName, settings), 'Correct the pattern or the schedule of the rule.', at);
    const targets = readTargets(resource, draft);
    draft.add(declaredRules, { stack, logicalId, name, arn: attributes['Arn'] ?? '', busName, targets, ...settings });
  },
};

const targetProperties = [
  'AppSyncParameters',
  'Arn',
  'BatchParameters',
  'DeadLetterConfig',
  'EcsParameters',
  'HttpParameters',
  'Id',
  'Input',
  'InputPath',
  'InputTransformer',
  'KinesisParameters',
  'RedshiftDataParameters',
  'RetryPolicy',
  'RoleArn',
  'RunCommandParameters',
  'SageMakerPipelineParameters',
  'SqsParameters',
];

function readTargets({ stack, logicalId, type, properties }: DeclaredResource, draft: Draft): RuleTarget[] {
  const all = properties.objects('Targets', targetProperties);
  const place = properties.placeOf('Targets');
  inWordsOfAws(() => checkTargetCount(all.length), 'Make a second rule for the other targets.', place);
  const away = all.map((target) => target.requiredText('Arn')).filter((arn) => !isReached(arn));
  if (away.length > 0) {
    const what = [...new Set(away.map((arn) => arn.split(':')[2]))].join(', ');
    draft.limit({ stack, logicalId, type, limit: `Its events do not reach ${what}, which is not here.` });
  }
  return all
    .filter((target) => isReached(target.requiredText('Arn')))
    .map((each) => {
      const target = readTarget(each);
      inWordsOfAws(() => checkTarget(target), 'Correct the target of the rule.', place);
      return target;
    });
}

function readTarget(properties: Properties): RuleTarget {
  const transformer = properties.json('InputTransformer');
  if (transformer !== undefined && !isTransformer(transformer)) {
    throw properties.invalid('InputTransformer', transformer, 'an InputTemplate and an InputPathsMap of texts');
  }
  const texts = {
    RoleArn: properties.text('RoleArn'),
    Input: properties.text('Input'),
    InputPath: properties.text('InputPath'),
  };
  const group = properties.object('SqsParameters', ['MessageGroupId'])?.text('MessageGroupId');
  const retries = properties.object('RetryPolicy', ['MaximumEventAgeInSeconds', 'MaximumRetryAttempts']);
  const attempts = retries?.integer('MaximumRetryAttempts', 0, 185);
  const age = retries?.integer('MaximumEventAgeInSeconds', 60, 86_400);
  const deadLetterArn = properties.object('DeadLetterConfig', ['Arn'])?.text('Arn');
  return {
    Id: properties.requiredText('Id'),
    Arn: properties.requiredText('Arn'),
    ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined)),
    ...(transformer !== undefined && { InputTransformer: transformer }),
    ...(group !== undefined && { SqsParameters: { MessageGroupId: group } }),
    ...(retries !== undefined && {
      RetryPolicy: {
        ...(attempts !== undefined && { MaximumRetryAttempts: attempts }),
        ...(age !== undefined && { MaximumEventAgeInSeconds: age }),
      },
    }),
    ...(deadLetterArn !== undefined && { DeadLetterConfig: { Arn: deadLetterArn } }),
  };
}

/** EventBridge's resource types in templates. */
export const eventBridgeResourceTypes: ResourceTypes = {
  'AWS::Events::EventBus': eventBusType,
  'AWS::Events::EventBusPolicy': eventBusPolicyType,
  'AWS::Events::Rule': ruleType,
};

/** EventBridge's part of the model: the buses with the policies of all stacks, and the rules. */
export function readEventBridgeModel(draft: Draft): EventBridgeModel {
  const buses = draft.all(declaredEventBuses);
  const rules = draft.all(declaredRules);
  refuseSameNames('event buses', buses);
  refuseSameNames(
    'rules',
    rules.map(({ stack, logicalId, busName, name }) => ({ stack, logicalId, name: `${busName}/${name}` })),
  );
  return { eventBuses: buses.map((bus) => withPolicies(bus, draft)), eventRules: rules };
}

function withPolicies({ policy, ...bus }: DeclaredEventBus, draft: Draft): EventBusModel {
  const statements: PolicyStatement[] = draft
    .all(declaredBusStatements)
    .filter(({ busName }) => busName === bus.name)
    .map(({ statement }) => statement);
  const added: PolicyDocument[] = statements.length === 0 ? [] : [{ Version: '2012-10-17', Statement: statements }];
  return { ...bus, policies: [...(policy === undefined ? [] : [policy]), ...added] };
}

/** What EventBridge's API refuses, CloudFormation refuses too. */
function inWordsOfAws(run: () => void, remedy: string, place: Place): void {
  try {
    run();
  } catch (error) {
    throw error instanceof AwsError ? refusedByAws(error.code, error.message, remedy, place) : error;
  }
}
