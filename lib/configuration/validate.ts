import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { findingCodes } from 'queue-doctor';
import { messageLimits } from '../../shared/pipeline.ts';
import type { AcknowledgedWarning, Configuration, RetrySettings } from './configuration.ts';
import { emailAddresses, link, nearest } from './context-keys.ts';
import { operatorProblems } from './operators.ts';
import {
  type ConsumerSettings,
  type FunctionSettings,
  InvalidConfigurationError,
  newTableWritesPerSecond,
} from './settings.ts';

/** @throws InvalidConfigurationError naming every problem */
export function refuseInvalid(configuration: Configuration): void {
  const problems = configurationProblems(configuration);
  if (problems.length > 0) throw new InvalidConfigurationError(problems);
}

/** A sentence for each problem. Limits are those of the SQS and Lambda API references. */
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
    ...warmWriteProblems(configuration),
    ...range('maxReceiveCount', configuration.maxReceiveCount, 1, 1_000),
    ...range('failedOrders.maxReceiveCount', failedOrders.maxReceiveCount, 1, 1_000),
    ...operatorProblems(configuration.operators),
    ...waitProblems('processOrders', processOrders.retry),
    ...waitProblems('failedOrders', failedOrders.retry),
    ...deploymentProblems(configuration),
    ...httpProblems(configuration),
    ...when(
      configuration.groupBy !== 'order' && !fifo,
      `groupBy is ${configuration.groupBy}, and the queues are standard queues, which keep no order: give fifo=true as well.`,
    ),
    ...eventProblems(configuration),
    ...mailProblems(configuration),
    ...configuration.acknowledged.flatMap(acknowledgementProblems),
  ];
}

/** No upper limit: it is a quota of the account, which AWS raises (DynamoDB Developer Guide, "Quotas"). */
function warmWriteProblems({ warmWritesPerSecond }: Configuration): readonly string[] {
  return when(
    !Number.isInteger(warmWritesPerSecond) || warmWritesPerSecond < newTableWritesPerSecond,
    `warmWritesPerSecond is ${warmWritesPerSecond}: it must be a whole number from ${newTableWritesPerSecond}, which a new table takes.`,
  );
}

function waitProblems(name: string, { baseSeconds, capSeconds }: RetrySettings): readonly string[] {
  return when(
    capSeconds < baseSeconds,
    `${name}.retry.capSeconds is ${capSeconds}: it must not be below baseSeconds, ${baseSeconds}.`,
  );
}

/** Settings that a context key may change (lib/configuration/context-keys.ts) are checked in presets, too. */
function deploymentProblems({ alarmEmail, notifyEmail, runbook, logRetention }: Configuration): readonly string[] {
  return [
    ...addressProblems('alarmEmail', alarmEmail),
    ...addressProblems('notifyEmail', notifyEmail),
    ...when(
      link(runbook) !== runbook,
      `runbook is ${JSON.stringify(runbook)}: it takes an address or a path, without spaces.`,
    ),
    // The enum has a name for each number of days that AWS takes (CloudWatch Logs API, PutRetentionPolicy).
    ...when(
      RetentionDays[logRetention] === undefined,
      `logRetention is ${logRetention}: it takes one of the days of CloudWatch, as RetentionDays names them.`,
    ),
  ];
}

/** API Gateway waits 30 s for a function, and takes 50 audiences (Developer Guide, "Quotas for HTTP APIs"). */
function httpProblems({ http, httpDoor, jwtIssuer, jwtAudience }: Configuration): readonly string[] {
  const { acceptOrders, trackOrders, requestsPerSecond, burst, slowMs } = httpDoor;
  const isAddress = jwtIssuer !== undefined && /^https:\/\/[^\s/]+/.test(jwtIssuer);
  return [
    ...functionProblems('httpDoor.acceptOrders', acceptOrders, 29),
    ...functionProblems('httpDoor.trackOrders', trackOrders, 29),
    ...range('httpDoor.requestsPerSecond', requestsPerSecond, 1, 1_000_000),
    ...range('httpDoor.burst', burst, 1, 1_000_000),
    ...range('httpDoor.slowMs', slowMs, 1, 30_000),
    ...when(
      jwtIssuer !== undefined && !isAddress,
      `jwtIssuer is ${JSON.stringify(jwtIssuer)}: it takes an address that begins with https://, as the claim "iss" of the tokens has it.`,
    ),
    ...when(
      (jwtIssuer === undefined) !== (jwtAudience.length === 0),
      'jwtIssuer and jwtAudience go together: give both, or none.',
    ),
    ...when(jwtAudience.length > 50, `jwtAudience has ${jwtAudience.length} names: an authorizer takes 50 at most.`),
    ...when(!http && jwtIssuer !== undefined, 'jwtIssuer is for the HTTP door, which is off: give http=true as well.'),
  ];
}

/** Settings of events that nobody would publish. */
function eventProblems({ events, notifyEmail, notifyProcessed, allEventReasons }: Configuration): readonly string[] {
  const needing = { notifyEmail: notifyEmail.length > 0, notifyProcessed, allEventReasons };
  const given = Object.entries(needing).flatMap(([name, isGiven]) => (isGiven ? [name] : []));
  return [
    ...when(!events && given.length > 0, `${given.join(' and ')} would do nothing without events: add -c events=true.`),
    ...when(
      events && notifyProcessed && notifyEmail.length === 0,
      'notifyProcessed would tell nobody: name addresses, -c notifyEmail=orders@example.com.',
    ),
  ];
}

/** What the mails to customers need. */
function mailProblems({ mail, mailFrom, events, mailDoor }: Configuration): readonly string[] {
  const { notifyCustomers, retry, maxReceiveCount } = mailDoor;
  return [
    ...consumerProblems('mailDoor.notifyCustomers', notifyCustomers, false),
    ...range('mailDoor.retry.baseSeconds', retry.baseSeconds, 0, 43_200),
    ...range('mailDoor.retry.capSeconds', retry.capSeconds, 0, 43_200),
    ...range('mailDoor.maxReceiveCount', maxReceiveCount, 1, 1_000),
    ...(mailFrom === undefined ? [] : addressProblems('mailFrom', [mailFrom])),
    ...when(mail && !events, 'mail tells of what events tell: add -c events=true.'),
    ...when(mail && mailFrom === undefined, 'mail needs a sender: -c mailFrom=orders@example.com.'),
    ...when(!mail && mailFrom !== undefined, 'mailFrom is for mails, which are off: add -c mail=true.'),
  ];
}

/** Longest address (RFC 5321, 4.5.3.1.3: a path of 256 octets with its angle brackets). */
const longestAddress = 254;

/** A topic has one subscription for each address, and mail takes no notice of case. */
function addressProblems(name: string, addresses: readonly string[]): readonly string[] {
  return [
    ...when(
      JSON.stringify(emailAddresses(addresses)) !== JSON.stringify(addresses),
      `${name} is ${JSON.stringify(addresses)}: it takes e-mail addresses.`,
    ),
    ...addresses.flatMap((address, index) => oneAddressProblems(name, address, addresses.slice(0, index))),
  ];
}

function oneAddressProblems(name: string, address: string, before: readonly string[]): readonly string[] {
  const isAgain = before.some((other) => other.toLowerCase() === address.toLowerCase());
  return [
    ...when(isAgain, `${name} has ${address} twice: name each address once.`),
    ...when(
      address.length > longestAddress,
      `${name} has an address of ${address.length} characters, ${address.slice(0, 20)}…: an address has ${longestAddress} at most.`,
    ),
  ];
}

/** An unknown code acknowledges nothing: the warning that was meant would still be printed. */
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

/** Why AWS would refuse to create the function or its event source mapping. */
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

/** The account limits how many can be reserved (Lambda API, PutFunctionConcurrency). */
function reservedProblems(name: string, { reservedConcurrency = 0 }: FunctionSettings): readonly string[] {
  return when(
    !Number.isInteger(reservedConcurrency) || reservedConcurrency < 0,
    `${name}.reservedConcurrency is ${reservedConcurrency}: it must be a whole number from 0.`,
  );
}

function functionProblems(name: string, settings: FunctionSettings, longestSeconds = 900): readonly string[] {
  return [
    ...range(`${name}.timeoutSeconds`, settings.timeoutSeconds, 1, longestSeconds),
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
