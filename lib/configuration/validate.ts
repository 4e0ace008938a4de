import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { findingCodes } from 'queue-doctor';
import { messageLimits } from '../../shared/pipeline.ts';
import type { AcknowledgedWarning, Configuration, RetrySettings } from './configuration.ts';
import { emailAddresses, link, nearest } from './context-keys.ts';
import { type ConsumerSettings, type FunctionSettings, InvalidConfigurationError } from './settings.ts';

/** @throws InvalidConfigurationError naming every problem */
export function refuseInvalid(configuration: Configuration): void {
  const problems = configurationProblems(configuration);
  if (problems.length > 0) throw new InvalidConfigurationError(problems);
}

/** A sentence for each problem; limits are those of the SQS and Lambda API references. */
export function configurationProblems(configuration: Configuration): readonly string[] {
  const { generateOrders, orders, processOrders, badOrders, failedOrders, parkedOrders, fifo } = configuration;
  return [
    ...functionProblems('generateOrders', generateOrders),
    ...consumerProblems('processOrders', processOrders, fifo),
    ...consumerProblems('failedOrders', failedOrders, fifo),
    ...range('processOrders.retry.baseSeconds', processOrders.retry.baseSeconds, 0, 43_200),
    ...range('processOrders.retry.capSeconds', processOrders.retry.capSeconds, 0, 43_200),
    ...range('failedOrders.retry.baseSeconds', failedOrders.retry.baseSeconds, 0, 43_200),
    ...range('failedOrders.retry.capSeconds', failedOrders.retry.capSeconds, 0, 43_200),
    ...range('orders.retentionSeconds', orders.retentionSeconds, 60, 1_209_600),
    ...range('badOrders.retentionSeconds', badOrders.retentionSeconds, 60, 1_209_600),
    ...range('parkedOrders.retentionSeconds', parkedOrders.retentionSeconds, 60, 1_209_600),
    ...range('maximumMessageBytes', configuration.maximumMessageBytes, 1_024, messageLimits.bytes),
    ...range('maxReceiveCount', configuration.maxReceiveCount, 1, 1_000),
    ...range('failedOrders.maxReceiveCount', failedOrders.maxReceiveCount, 1, 1_000),
    ...configuration.operators.flatMap(operatorProblems),
    ...tooManyOperators(configuration.operators),
    ...waitProblems('processOrders', processOrders.retry),
    ...waitProblems('failedOrders', failedOrders.retry),
    ...deploymentProblems(configuration),
    ...configuration.acknowledged.flatMap(acknowledgementProblems),
  ];
}

/**
 * Queue policies compare operators with aws:PrincipalArn, which is for a session the ARN of its role (IAM User Guide,
 * "AWS global condition context keys"): the ARN of an assumed role, as `aws sts get-caller-identity` answers it, would
 * match nobody, and `*` everybody. One account, because other accounts' are denied all the same.
 */
function operatorProblems(operator: string): readonly string[] {
  return when(
    !/^arn:[\w-]+:iam::\d{12}:(role|user)\/[\w+=,.@*?/-]*\w[\w+=,.@*?/-]*$/.test(operator),
    `operators has "${operator}": it takes ARNs such as arn:aws:iam::111122223333:role/on-call, for a session that of its role.`,
  );
}

/** What a queue's policy may have (SQS Developer Guide, "Amazon SQS policy quotas"). */
const policyLimitBytes = 8_192;
/** What that of bad-orders, the longest, has beside operators, with names as long as can be; a test measures it. */
const besideOperatorsBytes = 1_600;

/** Each stands in two statements of that policy, with quotes and a comma. */
function tooManyOperators(operators: readonly string[]): readonly string[] {
  const bytes = operators.reduce((sum, operator) => sum + 2 * (operator.length + 3), 0);
  const limitBytes = policyLimitBytes - besideOperatorsBytes;
  return when(
    bytes > limitBytes,
    `operators are ${operators.length} ARNs of ${bytes} bytes in the policy of bad-orders, where SQS leaves room for ${limitBytes}: name fewer, or several by one with * or ?.`,
  );
}

function waitProblems(name: string, { baseSeconds, capSeconds }: RetrySettings): readonly string[] {
  return when(
    capSeconds < baseSeconds,
    `${name}.retry.capSeconds is ${capSeconds}: it must not be below baseSeconds, ${baseSeconds}.`,
  );
}

/** Of the settings that are given in a preset as by a context key (lib/configuration/context-keys.ts). */
function deploymentProblems({ alarmEmail, runbook, logRetention }: Configuration): readonly string[] {
  return [
    ...when(
      JSON.stringify(emailAddresses(alarmEmail)) !== JSON.stringify(alarmEmail),
      `alarmEmail is ${JSON.stringify(alarmEmail)}: it takes e-mail addresses.`,
    ),
    ...when(
      link(runbook) !== runbook,
      `runbook is ${JSON.stringify(runbook)}: it takes an address or a path, without spaces.`,
    ),
    // An enum of numbers knows their names. AWS takes these alone (CloudWatch Logs API, PutRetentionPolicy).
    ...when(
      RetentionDays[logRetention] === undefined,
      `logRetention is ${logRetention}: it takes one of the days of CloudWatch, as RetentionDays names them.`,
    ),
  ];
}

/** A code that there is not acknowledges nothing: the warning that was meant would be printed all the same. */
function acknowledgementProblems({ code, reason }: AcknowledgedWarning): readonly string[] {
  const meant = nearest(code, findingCodes);
  return [
    ...when(
      !findingCodes.includes(code),
      `acknowledged has "${code}", which is no warning of the doctor.${meant === undefined ? '' : ` Is ${meant} meant?`}`,
    ),
    ...when(reason.trim() === '', `acknowledged has "${code}" without a reason.`),
  ];
}

/** What creating the function or its event source mapping would be refused for. */
export function consumerProblems(name: string, consumer: ConsumerSettings, fifo: boolean): readonly string[] {
  const { batchSize, windowSeconds, maximumConcurrency } = consumer;
  return [
    ...functionProblems(name, consumer),
    ...slowestRecordProblems(name, consumer),
    ...range(`${name}.batchSize`, batchSize, 1, 10_000),
    ...range(`${name}.windowSeconds`, windowSeconds, 0, 300),
    ...range(`${name}.maximumConcurrency`, maximumConcurrency, 2, 1_000),
    ...when(
      !fifo && batchSize > 10 && windowSeconds < 1,
      `${name}.batchSize is ${batchSize} with no window: above 10, windowSeconds must be at least 1.`,
    ),
    ...when(fifo && batchSize > 10, `${name}.batchSize is ${batchSize}: from a FIFO queue at most 10.`),
    ...when(
      fifo && windowSeconds > 0,
      `${name}.windowSeconds is ${windowSeconds}: a FIFO queue takes no batching window, set it to 0.`,
    ),
  ];
}

function slowestRecordProblems(name: string, { slowestRecordSeconds = 1 }: ConsumerSettings): readonly string[] {
  return when(
    !(slowestRecordSeconds > 0),
    `${name}.slowestRecordSeconds is ${slowestRecordSeconds}: it must be a number above 0.`,
  );
}

/** How many can be reserved is for the account to say (Lambda API, PutFunctionConcurrency). */
function reservedProblems(name: string, { reservedConcurrency = 0 }: FunctionSettings): readonly string[] {
  return when(
    !Number.isInteger(reservedConcurrency) || reservedConcurrency < 0,
    `${name}.reservedConcurrency is ${reservedConcurrency}: it must be a whole number from 0.`,
  );
}

function functionProblems(name: string, settings: FunctionSettings): readonly string[] {
  return [
    ...range(`${name}.timeoutSeconds`, settings.timeoutSeconds, 1, 900),
    ...range(`${name}.memoryMb`, settings.memoryMb, 128, 10_240),
    ...reservedProblems(name, settings),
  ];
}

function range(name: string, value: number, minimum: number, maximum: number): readonly string[] {
  const inside = Number.isInteger(value) && value >= minimum && value <= maximum;
  return when(!inside, `${name} is ${value}: it must be a whole number from ${minimum} to ${maximum}.`);
}

function when(refused: boolean, problem: string): readonly string[] {
  return refused ? [problem] : [];
}
