import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** Alarms when a message is parked: somebody must look, or it is gone when its retention ends. It has no action yet. */
export function alarmOnParkedOrders(scope: Construct, parkedOrders: Queue): Alarm {
  return new Alarm(scope, 'ParkedOrdersAlarm', {
    alarmDescription: 'failed-orders cannot handle a message: it waits in parked-orders, with nothing to consume it.',
    metric: parkedOrders.metricApproximateNumberOfMessagesVisible({
      period: Duration.minutes(5),
      statistic: 'Maximum',
    }),
    threshold: 1,
    evaluationPeriods: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    // SQS publishes nothing for a queue that nobody has used for six hours: then nothing is parked.
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
}
