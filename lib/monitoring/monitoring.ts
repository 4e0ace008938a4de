import { Stack } from 'aws-cdk-lib';
import { Alarm, AlarmStatusWidget, ComparisonOperator, Dashboard, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { InvalidConfigurationError } from '../configuration/settings.ts';
import { AlarmTopic } from './alarm-topic.ts';
import { type AlarmDefinition, type Contribution, defaultRunbook, type SavedQuery, together } from './contribution.ts';
import { sharedRows } from './dashboard.ts';

export interface MonitoringProps {
  /**
   * What is watched, in the order in which messages pass: `monitored` of a construct, or what `watchQueue`,
   * `watchDeadLetterQueue`, `watchLastStop` and `watchFunction` make of resources of any kind.
   */
  readonly parts: readonly Contribution[];
  /** Who is told of alarms. Default: nobody by e-mail; other subscribers may be added to `topic`. */
  readonly emailAddresses?: readonly string[];
  /**
   * Key of the topic that alarms go through. Its policy must be open to additions; the policy of an imported key is not.
   * Default: a key that is made for the topic.
   */
  readonly encryptionKey?: IKey;
  /** Address or path of the runbook; each alarm adds the anchor of its section. Default: docs/runbook.md. */
  readonly runbook?: string;
  /**
   * Folder of the saved queries and, with the region behind it, name of the dashboard. Unique in account and region; of
   * letters, digits, hyphens and underscores. Default: the stack's name.
   */
  readonly name?: string;
}

/**
 * Watches what a stack has: alarms that tell people by e-mail what has happened and where it says what to do, a
 * dashboard, and saved queries. What these look like, each part brings itself.
 *
 * @throws InvalidConfigurationError when the runbook's address is too long for the alarms' descriptions
 */
export class Monitoring extends Construct {
  /** Where alarms go; for subscribers other than e-mail. */
  readonly topic: ITopic;
  readonly alarms: readonly Alarm[];
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { emailAddresses = [], encryptionKey, runbook = defaultRunbook } = props;
    const { stackName, region } = Stack.of(this);
    const { name = stackName } = props;
    const { alarms, lines, rows, queries } = together(props.parts);
    refuseLongDescriptions(alarms, runbook);

    this.topic = new AlarmTopic(this, 'AlarmTopic', {
      emailAddresses,
      ...(encryptionKey !== undefined && { encryptionKey }),
    }).topic;
    const action = new SnsAction(this.topic);
    this.alarms = messagesFirst(alarms).map((definition) => {
      const alarm = this.#alarm(definition, runbook);
      // Nobody is told when an alarm ends: the failures that were there may still wait to be looked at.
      alarm.addAlarmAction(action);
      return alarm;
    });

    // A dashboard belongs to no region: without it, the same stack in another region would overwrite this one.
    this.dashboard = new Dashboard(this, 'Dashboard', { dashboardName: `${name}-${region}` });
    this.dashboard.addWidgets(
      new AlarmStatusWidget({ title: 'Alarms', alarms: [...this.alarms], width: 24, height: 3 }),
    );
    for (const widgets of [...sharedRows(lines), ...rows]) this.dashboard.addWidgets(...widgets);
    saveQueries(new Construct(this, 'Queries'), name, queries);
  }

  #alarm(definition: AlarmDefinition, runbook: string): Alarm {
    const { id, metric, threshold, periods } = definition;
    return new Alarm(this, `${id}Alarm`, {
      // Without a name AWS generates one that begins with the stack's: several stacks can stand in one account.
      alarmDescription: descriptionOf(definition, runbook),
      metric,
      threshold,
      evaluationPeriods: periods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // Counts are published only when there is something to count, and SQS publishes nothing for a queue that nobody
      // has used for six hours: a missing value is no reason for an alarm.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}

function descriptionOf({ message, section }: AlarmDefinition, runbook: string): string {
  return `${message} What to do: ${runbook}#${section}`;
}

/** Characters of an alarm's description (CloudWatch API Reference, PutMetricAlarm). */
const longestDescription = 1_024;

function refuseLongDescriptions(alarms: readonly AlarmDefinition[], runbook: string): void {
  const lengths = alarms.map((definition) => descriptionOf(definition, runbook).length);
  const excess = Math.max(0, ...lengths) - longestDescription;
  if (excess <= 0) return;
  const longest = alarms[lengths.indexOf(excess + longestDescription)]!;
  throw new InvalidConfigurationError([
    `runbook is ${runbook.length} characters long, and makes the description of the alarm ${longest.id} longer than the ${longestDescription} characters that CloudWatch takes: give an address that is shorter by ${excess}.`,
  ]);
}

function messagesFirst(alarms: readonly AlarmDefinition[]): readonly AlarmDefinition[] {
  return alarms.toSorted((one, other) => Number(one.about === 'function') - Number(other.about === 'function'));
}

/** @param folder where the console of CloudWatch Logs Insights lists the queries */
function saveQueries(scope: Construct, folder: string, queries: readonly SavedQuery[]): void {
  for (const { id, name, query, logGroups } of queries) {
    new QueryDefinition(scope, id, {
      queryDefinitionName: `${folder}/${name}`,
      queryString: new QueryString(query),
      logGroups: [...logGroups],
    });
  }
}
