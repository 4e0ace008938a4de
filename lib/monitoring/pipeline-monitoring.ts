import { Stack } from 'aws-cdk-lib';
import { Alarm, AlarmStatusWidget, ComparisonOperator, Dashboard, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type AlarmDefinition, alarmDefinitions, type AlarmTolerances, defaultRunbook } from './alarm-definitions.ts';
import { AlarmTopic } from './alarm-topic.ts';
import { dashboardRows } from './dashboard-widgets.ts';
import type { MonitoredPipeline } from './monitored.ts';
import { SavedQueries } from './saved-queries.ts';

export interface PipelineMonitoringProps {
  readonly pipeline: MonitoredPipeline;
  /** Who is told of alarms. Default: nobody by e-mail; other subscribers may be added to `topic`. */
  readonly emailAddresses?: readonly string[];
  /**
   * Key of the topic that alarms go through. Its policy must be open to additions, which that of an imported key is
   * not. Default: one of its own.
   */
  readonly encryptionKey?: IKey;
  /** What is no reason to tell anybody. Default: nothing. */
  readonly tolerances?: AlarmTolerances;
  /** Address or path of the runbook; each alarm adds its section's anchor. Default: docs/runbook.md of the repository. */
  readonly runbook?: string;
  /**
   * Folder of the saved queries and, with the region behind it, name of the dashboard: unique in account and region, of
   * letters, digits, hyphens and underscores. Default: the stack's name.
   */
  readonly name?: string;
}

/**
 * Watches a pipeline: alarms that tell people by e-mail what has happened and where it says what to do, a dashboard, and
 * saved queries. Thresholds follow from the settings of queues and functions.
 */
export class PipelineMonitoring extends Construct {
  /** Where alarms go; for subscribers other than e-mail. */
  readonly topic: ITopic;
  readonly alarms: readonly Alarm[];
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: PipelineMonitoringProps) {
    super(scope, id);
    const { pipeline, emailAddresses = [], encryptionKey, runbook = defaultRunbook } = props;
    const { stackName, region } = Stack.of(this);
    const { name = stackName } = props;

    this.topic = new AlarmTopic(this, 'AlarmTopic', {
      emailAddresses,
      ...(encryptionKey !== undefined && { encryptionKey }),
    }).topic;
    const action = new SnsAction(this.topic);
    this.alarms = alarmDefinitions(pipeline, props.tolerances).map((definition) => {
      const alarm = this.#alarm(definition, runbook);
      // Not when it is over: that no more failures come does not mean that those there were have been looked at.
      alarm.addAlarmAction(action);
      return alarm;
    });

    // A dashboard belongs to no region: that of the same stack in another one would overwrite it.
    this.dashboard = new Dashboard(this, 'Dashboard', { dashboardName: `${name}-${region}` });
    this.dashboard.addWidgets(
      new AlarmStatusWidget({ title: 'Alarms', alarms: [...this.alarms], width: 24, height: 3 }),
    );
    for (const widgets of dashboardRows(pipeline)) this.dashboard.addWidgets(...widgets);
    new SavedQueries(this, 'Queries', { folder: name, pipeline });
  }

  #alarm({ id, message, section, metric, threshold, periods }: AlarmDefinition, runbook: string): Alarm {
    return new Alarm(this, `${id}Alarm`, {
      // No name: generated ones let several pipelines stand in one account, and begin with the stack's.
      alarmDescription: `${message} What to do: ${runbook}#${section}`,
      metric,
      threshold,
      evaluationPeriods: periods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // Counts are published only when there is something to count, and SQS publishes nothing for a queue that nobody
      // has used for six hours: what is missing is in order.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
