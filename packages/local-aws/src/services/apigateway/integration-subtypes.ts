import type { JsonObject } from '../../endpoint/api.ts';
import { GatewayError } from './gateway-answer.ts';
import { selectionProblem } from './selection.ts';

/** An operation that an integration subtype stands for. */
export interface Subtype {
  readonly service: 'sqs' | 'eventBridge';
  readonly operation: string;
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** The operation's input from the texts of the parameters. */
  readonly input: (parameters: Readonly<Record<string, string>>) => JsonObject;
}

/** What the operations of SQS take as numbers, and as objects or lists in JSON. */
const numbers = new Set(['DelaySeconds', 'MaxNumberOfMessages', 'VisibilityTimeout', 'WaitTimeSeconds']);
const documents = new Set(['MessageAttributes', 'MessageSystemAttributes', 'AttributeNames', 'MessageAttributeNames']);

const sqsInput = (parameters: Readonly<Record<string, string>>): JsonObject =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, text]) => {
      const member = name === 'AttributeName' ? 'AttributeNames' : name;
      if (numbers.has(member)) return [member, Number(text)];
      return [member, documents.has(member) ? documentOf(member, text) : text];
    }),
  );

function documentOf(name: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    if (name.endsWith('Names')) return text.split(',');
    throw new GatewayError(400, 'Bad Request', `${name} is no JSON.`);
  }
}

/** One entry. `Resources` is a list in JSON or texts with commas between them; `Time` is ISO 8601 or seconds. */
const eventInput = ({ Resources, Time, ...texts }: Readonly<Record<string, string>>): JsonObject => ({
  Entries: [
    {
      ...texts,
      ...(Resources !== undefined && { Resources: listOf('Resources', Resources) }),
      ...(Time !== undefined && { Time: secondsOf(Time) }),
    },
  ],
});

function listOf(name: string, text: string): readonly string[] {
  if (!text.trimStart().startsWith('[')) return text.split(',');
  const list = documentOf(name, text);
  if (Array.isArray(list) && list.every((item): item is string => typeof item === 'string')) return list;
  throw new GatewayError(400, 'Bad Request', `${name} is no list of texts.`);
}

function secondsOf(text: string): number {
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Date.parse(text) / 1000;
  if (Number.isNaN(seconds)) throw new GatewayError(400, 'Bad Request', `Time is no time: ${text}.`);
  return seconds;
}

/** Source: API Gateway Developer Guide, "Integration subtype reference". */
const subtypes: Readonly<Record<string, Subtype>> = {
  'EventBridge-PutEvents': {
    service: 'eventBridge',
    operation: 'PutEvents',
    required: ['Detail', 'DetailType', 'Source'],
    optional: ['EventBusName', 'Region', 'Resources', 'Time', 'TraceHeader'],
    input: eventInput,
  },
  'SQS-SendMessage': {
    service: 'sqs',
    operation: 'SendMessage',
    required: ['QueueUrl', 'MessageBody'],
    optional: [
      'DelaySeconds',
      'MessageAttributes',
      'MessageDeduplicationId',
      'MessageGroupId',
      'MessageSystemAttributes',
      'Region',
    ],
    input: sqsInput,
  },
  'SQS-ReceiveMessage': {
    service: 'sqs',
    operation: 'ReceiveMessage',
    required: ['QueueUrl'],
    optional: [
      'AttributeName',
      'AttributeNames',
      'MaxNumberOfMessages',
      'MessageAttributeNames',
      'ReceiveRequestAttemptId',
      'VisibilityTimeout',
      'WaitTimeSeconds',
      'Region',
    ],
    input: sqsInput,
  },
  'SQS-DeleteMessage': {
    service: 'sqs',
    operation: 'DeleteMessage',
    required: ['QueueUrl', 'ReceiptHandle'],
    optional: ['Region'],
    input: sqsInput,
  },
  'SQS-PurgeQueue': {
    service: 'sqs',
    operation: 'PurgeQueue',
    required: ['QueueUrl'],
    optional: ['Region'],
    input: sqsInput,
  },
};

/** Subtypes that AWS has and that are not here. */
const otherSubtypes = new Set([
  'AppConfig-GetConfiguration',
  'Kinesis-PutRecord',
  'StepFunctions-StartExecution',
  'StepFunctions-StartSyncExecution',
  'StepFunctions-StopExecution',
]);

/** The subtype of a name that `subtypeProblem` has nothing against. */
export const subtypeOf = (name: string): Subtype => subtypes[name] as Subtype;

/** Why an integration cannot be: `refused` by AWS too, or only not here. */
export function subtypeProblem(
  name: string,
  parameters: Readonly<Record<string, string>>,
): { readonly reason: string; readonly remedy: string; readonly refused: boolean } | undefined {
  const subtype = subtypes[name];
  if (subtype === undefined) {
    const known = Object.keys(subtypes).join(', ');
    const refused = !otherSubtypes.has(name);
    const reason = refused
      ? `there is no integration subtype ${name}.`
      : `The integration subtype ${name} is not here: it needs another service.`;
    return { reason, remedy: `Use one of ${known}, or leave integration and routes out for local use.`, refused };
  }
  const missing = subtype.required.find((parameter) => parameters[parameter] === undefined);
  if (missing !== undefined) {
    const reason = `${name} needs the parameter ${missing}.`;
    return { reason, remedy: `Give the integration the parameter ${missing}.`, refused: true };
  }
  const unknown = Object.keys(parameters).find(
    (parameter) => !subtype.required.includes(parameter) && !subtype.optional.includes(parameter),
  );
  if (unknown !== undefined) {
    const reason = `${name} has no parameter ${unknown}.`;
    const all = [...subtype.required, ...subtype.optional].join(', ');
    return { reason, remedy: `Remove it, or give one of ${all}.`, refused: true };
  }
  for (const [parameter, text] of Object.entries(parameters)) {
    const problem = selectionProblem(text);
    if (problem === undefined) continue;
    const reason = `Invalid source: ${text} specified for destination: ${parameter}.`;
    return { reason, remedy: `Write another expression: ${problem}.`, refused: true };
  }
  return undefined;
}
