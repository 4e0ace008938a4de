import { parseObject, type Pattern, matchesPattern } from '../event-pattern/match.ts';
import { patternTextProblem, ruleComparisons } from '../event-pattern/problem.ts';
import type { BusEvent } from './bus-event.ts';
import { constraint, invalid, invalidPattern, limitExceeded, notServed } from './eventbridge-errors.ts';
import { defaultBusName, type RuleSettings, type RuleTarget } from './model.ts';
import { parseSchedule } from './schedule.ts';
import { inputProblem } from './target-input.ts';

/** A rule of a bus, as it is at this moment. */
export class Rule {
  readonly name: string;
  readonly arn: string;
  readonly busName: string;
  readonly targets = new Map<string, RuleTarget>();
  #settings: RuleSettings;
  #pattern: Pattern | undefined;

  constructor(
    identity: { readonly name: string; readonly arn: string; readonly busName: string },
    settings: RuleSettings,
    targets: readonly RuleTarget[] = [],
  ) {
    this.name = identity.name;
    this.arn = identity.arn;
    this.busName = identity.busName;
    this.#settings = settings;
    this.#pattern = patternOf(settings);
    for (const target of targets) this.targets.set(target.Id, target);
  }

  get settings(): RuleSettings {
    return this.#settings;
  }

  set settings(settings: RuleSettings) {
    this.#settings = settings;
    this.#pattern = patternOf(settings);
  }

  get isEnabled(): boolean {
    return this.#settings.state !== 'DISABLED';
  }

  /** Whether the rule is on and its pattern lets the event through. */
  matches(event: BusEvent): boolean {
    return this.isEnabled && this.#pattern !== undefined && matchesPattern(this.#pattern, event);
  }
}

function patternOf({ eventPattern }: RuleSettings): Pattern | undefined {
  return eventPattern === undefined ? undefined : (parseObject(eventPattern) as Pattern | undefined);
}

/**
 * Checks what PutRule says, as AWS does. Throws `ValidationException` and `InvalidEventPatternException`. Sources: API
 * reference of PutRule. Messages about schedules and patterns are recorded (LocalStack, test_events_schedule.py and
 * test_events_patterns.py); that of a rule with neither is chosen here.
 */
export function checkRule(busName: string, { eventPattern, scheduleExpression }: RuleSettings): void {
  if (eventPattern === undefined && scheduleExpression === undefined) {
    throw invalid('Parameter(s) EventPattern or ScheduleExpression must be specified.');
  }
  if (scheduleExpression !== undefined) {
    if (busName !== defaultBusName) throw invalid('ScheduleExpression is supported only on the default event bus.');
    if (parseSchedule(scheduleExpression) === undefined) throw invalid('Parameter ScheduleExpression is not valid.');
  }
  if (eventPattern !== undefined) checkPattern(eventPattern);
}

/** Quota "Event pattern size": 2,048 characters, and up to 4,096 when asked for. */
const longestPattern = 4096;

/** Throws `InvalidEventPatternException` for what Event Ruler would refuse. */
export function checkPattern(text: string): void {
  if (text.length > longestPattern) {
    throw constraint(text, 'eventPattern', `Member must have length less than or equal to ${longestPattern}`);
  }
  const problem = patternTextProblem(text, ruleComparisons);
  if (problem !== undefined) throw invalidPattern(problem);
  if (Object.keys(parseObject(text) ?? {}).length === 0) throw invalidPattern('Empty patterns are not allowed');
}

/**
 * Names of rules and targets: 64 letters, digits, dots, hyphens and underscores (API reference of PutRule, Target). Texts
 * recorded by LocalStack, test_put_target_id_validation.
 */
export function checkName(name: string, path: 'name' | 'targets.1.member.id'): void {
  if (!/^[.\-_A-Za-z0-9]+$/.test(name)) {
    throw constraint(name, path, String.raw`Member must satisfy regular expression pattern: [\.\-_A-Za-z0-9]+`);
  }
  if (name.length > 64) throw constraint(name, path, 'Member must have length less than or equal to 64');
}

/** Quota "Targets per rule". */
const mostTargets = 5;

/** Throws `LimitExceededException`. */
export function checkTargetCount(count: number): void {
  if (count > mostTargets) throw limitExceeded();
}

/** Services that targets are reached in here. */
const reached: ReadonlySet<string> = new Set(['sqs', 'lambda', 'sns', 'events']);

/** Whether the target of the ARN is reached here. A bus is; an API destination is not. */
export function isReached(arn: string): boolean {
  const [, , service = '', , , resource = ''] = arn.split(':');
  return reached.has(service) && (service !== 'events' || resource.startsWith('event-bus/'));
}

/**
 * Checks a target as PutTargets does. Throws `ValidationException`, and `NotImplemented` for what is not reached. The
 * texts about the ARN, the group of a FIFO queue and the dead-letter queue are chosen here: no recording was found. A
 * dead-letter queue is a standard queue (EventBridge User Guide, "Using dead-letter queues to process undelivered
 * events").
 */
export function checkTarget(target: RuleTarget): void {
  const { Id: id, Arn: arn, SqsParameters: sqs, DeadLetterConfig: deadLetters, RetryPolicy: retries = {} } = target;
  checkName(id, 'targets.1.member.id');
  if (!/^arn:[\w-]+:[\w-]+:[\w-]*:\d*:.+$/.test(arn)) {
    throw invalid(`Parameter ${arn} is not valid. Reason: Provided Arn is not in correct format.`);
  }
  if (!isReached(arn)) {
    throw notServed(`the target ${arn}`, 'Name a queue, a function, a topic or an event bus.');
  }
  if (arn.split(':')[2] === 'sqs' && arn.endsWith('.fifo') && sqs?.MessageGroupId === undefined) {
    throw invalid(`Parameter(s) SqsParameters must be specified for target: ${id}.`);
  }
  const problem = inputProblem(target);
  if (problem !== undefined) throw invalid(problem);
  const deadLetterArn = deadLetters?.Arn;
  if (deadLetterArn !== undefined && !/^arn:[\w-]+:sqs:[\w-]+:\d{12}:[\w-]+$/.test(deadLetterArn)) {
    throw invalid(
      `Parameter ${deadLetterArn} is not valid. Reason: The dead-letter queue must be a standard SQS queue.`,
    );
  }
  checkRange(retries.MaximumRetryAttempts, 0, 185, 'retryPolicy.maximumRetryAttempts');
  checkRange(retries.MaximumEventAgeInSeconds, 60, 86_400, 'retryPolicy.maximumEventAgeInSeconds');
}

/** Limits: API reference of RetryPolicy. */
function checkRange(value: number | undefined, least: number, most: number, member: string): void {
  if (value === undefined || (value >= least && value <= most)) return;
  const path = `targets.1.member.${member}`;
  if (value < least) throw constraint(String(value), path, `Member must have value greater than or equal to ${least}`);
  throw constraint(String(value), path, `Member must have value less than or equal to ${most}`);
}
