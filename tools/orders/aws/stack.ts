import {
  type CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import type { Grouping } from '../../../shared/message-group.ts';
import {
  environmentNames,
  groupByOutputName,
  groupingOf,
  httpOutputNames,
  mailOutputNames,
  stackOutputNames,
} from '../../../shared/pipeline.ts';
import { CommandFailed } from '../errors.ts';
import { stackNames, stacksText } from './local-runtime.ts';

/** Names in the deployed pipeline, as the stack's outputs give them. */
export interface StackOutputs {
  readonly ordersQueueUrl: string;
  readonly badOrdersQueueUrl: string;
  readonly parkedOrdersQueueUrl: string;
  readonly ordersTableName: string;
  readonly generateOrdersFunctionName: string;
  /** By the functions' short names. Those of a door are there where the pipeline has the door. */
  readonly logGroups: LogGroups;
  /** What the message groups of the orders queue are. */
  readonly groupBy: Grouping;
  /** Address of the HTTP door; undefined for a pipeline without one. */
  readonly ordersApiUrl?: string;
  /** Where notify-customers hears of processed orders; undefined for a pipeline without mails. */
  readonly notificationsQueueUrl?: string;
}

/** The functions that every pipeline has. */
const coreFunctionNames = ['generate-orders', 'process-orders', 'failed-orders'] as const;
/** The functions of doors, and the options that open them. */
const doorFunctions = { 'accept-orders': 'http', 'track-orders': 'http', 'notify-customers': 'mail' } as const;
const doorFunctionNames = Object.keys(doorFunctions) as DoorFunctionName[];

export type CoreFunctionName = (typeof coreFunctionNames)[number];
export type DoorFunctionName = keyof typeof doorFunctions;
export type FunctionName = CoreFunctionName | DoorFunctionName;
export type LogGroups = ByFunction<string>;

/** Something of each function that a pipeline has. */
export type ByFunction<Value> = Readonly<Record<CoreFunctionName, Value>> &
  Readonly<Partial<Record<DoorFunctionName, Value>>>;

/** All that a pipeline may have. */
export const functionNames: readonly FunctionName[] = [...coreFunctionNames, ...doorFunctionNames];

/** Those that this pipeline has. */
export function functionsWith(logGroups: LogGroups): readonly FunctionName[] {
  return functionNames.filter((name) => logGroups[name] !== undefined);
}

/** @throws {CommandFailed} for a function that this pipeline has not */
export function logGroupOf(logGroups: LogGroups, name: FunctionName): string {
  const logGroup = logGroups[name];
  if (logGroup !== undefined) return logGroup;
  const door = doorFunctions[name as DoorFunctionName];
  throw new CommandFailed(`This pipeline has no ${name}: it comes with -c ${door}=true (docs/${door}.md).`);
}

/**
 * @param where tells the target in words, for the error
 * @throws {CommandFailed} when there is no such stack, or it is not this project's, or an older version of it
 */
export async function readStackOutputs(
  client: CloudFormationClient,
  stack: string,
  where: () => string,
): Promise<StackOutputs> {
  const given = new Map<string, string>();
  const { Stacks: stacks = [] } = await orNoStack(client, where, () =>
    client.send(new DescribeStacksCommand({ StackName: stack })),
  );
  for (const { OutputKey: key = '', OutputValue: value = '' } of stacks[0]?.Outputs ?? []) given.set(key, value);
  const output = (key: string): string => {
    const value = given.get(key);
    if (value !== undefined) return value;
    throw new CommandFailed(
      `The ${where()} has no output ${key}. Deploy this version of the project, or name another stack.`,
    );
  };
  const optional = <Key extends string>(key: Key, name: string) =>
    (given.has(name) ? { [key]: given.get(name) } : {}) as Partial<Record<Key, string>>;
  return {
    ordersQueueUrl: output(stackOutputNames.ordersQueueUrl),
    badOrdersQueueUrl: output(stackOutputNames.badOrdersQueueUrl),
    parkedOrdersQueueUrl: output(stackOutputNames.parkedOrdersQueueUrl),
    ordersTableName: output(stackOutputNames.ordersTableName),
    generateOrdersFunctionName: output(stackOutputNames.generateOrdersFunctionName),
    logGroups: {
      'generate-orders': output(stackOutputNames.generateOrdersLogGroupName),
      'process-orders': output(stackOutputNames.processOrdersLogGroupName),
      'failed-orders': output(stackOutputNames.failedOrdersLogGroupName),
      ...optional('accept-orders', httpOutputNames.acceptOrdersLogGroupName),
      ...optional('track-orders', httpOutputNames.trackOrdersLogGroupName),
      ...optional('notify-customers', mailOutputNames.notifyCustomersLogGroupName),
    },
    groupBy: groupingOf({ [environmentNames.groupBy]: given.get(groupByOutputName) }),
    ...optional('ordersApiUrl', httpOutputNames.ordersApiUrl),
    ...optional('notificationsQueueUrl', mailOutputNames.notificationsQueueUrl),
  };
}

/** @throws {CommandFailed} when what is asked of CloudFormation is about a stack that does not exist */
async function orNoStack<Answer>(
  client: CloudFormationClient,
  where: () => string,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    // CloudFormation has no error code of its own for this (API reference, DescribeStacks).
    if (!(error instanceof Error) || !error.message.includes('does not exist')) throw error;
    // Who may not list the stacks is told nothing of them.
    const others = await stackNames(client).catch(() => undefined);
    const known = others === undefined ? '' : ` There ${others.length > 1 ? 'are' : 'is'} ${stacksText(others)}.`;
    throw new CommandFailed(`There is no ${where()}.${known} Deploy it, or name another with --stack and --region.`);
  }
}

/** The resources of a stack that messages pass through. */
export interface StackResources {
  readonly queueUrls: readonly string[];
  readonly functionNames: readonly string[];
}

/**
 * Works for any stack, by the types of its resources. Nested stacks are stacks of their own.
 *
 * @param where tells the target in words, for the error
 * @throws {CommandFailed} when there is no such stack
 */
export async function readStackResources(
  client: CloudFormationClient,
  stack: string,
  where: () => string,
): Promise<StackResources> {
  const idsByType = new Map<string, string[]>([
    ['AWS::SQS::Queue', []],
    ['AWS::Lambda::Function', []],
  ]);
  await orNoStack(client, where, async () => {
    for await (const { StackResourceSummaries: page = [] } of paginateListStackResources(
      { client },
      { StackName: stack },
    )) {
      for (const { ResourceType: type = '', PhysicalResourceId: id } of page) {
        if (id !== undefined) idsByType.get(type)?.push(id);
      }
    }
  });
  return {
    queueUrls: idsByType.get('AWS::SQS::Queue') ?? [],
    functionNames: idsByType.get('AWS::Lambda::Function') ?? [],
  };
}
