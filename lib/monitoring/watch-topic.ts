import { Duration } from 'aws-cdk-lib';
import { GraphWidget, type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { metricNames } from '../../shared/telemetry.ts';
import { constructId } from '../names.ts';
import type { AlarmDefinition, Contribution } from './contribution.ts';
import { ownCount } from './own-telemetry.ts';
import { waiting } from './queue-metrics.ts';
import type { MonitoredFunction } from './watch-function.ts';

/** The step of the graphs. SNS publishes its metrics every five minutes (SNS Developer Guide, "Monitoring topics"). */
const period = Duration.minutes(5);

/**
 * A topic: is what it tells delivered? SNS counts a notification as failed when it stops trying: at once where access is
 * denied or the endpoint is gone, after 23 days where a queue or a function is unavailable, after six hours for mail (SNS
 * Developer Guide, "Message delivery retries").
 *
 * @param name of the topic in kebab case. The id of the alarm begins with it
 */
export function watchTopic(topic: ITopic, name: string): Contribution {
  const sum = (metricName: string, label: string): IMetric =>
    topic.metric(metricName, { statistic: Stats.SUM, period, label });
  return {
    alarms: [
      {
        id: `${constructId(name)}NotDelivered`,
        about: 'messages',
        message: `SNS gave up delivering notifications of ${name}. What a queue or a function did not get is in the dead-letter queue of its subscription, a mail is lost.`,
        section: 'events-were-not-delivered',
        metric: topic.metricNumberOfNotificationsFailed({ statistic: Stats.SUM, period }),
        threshold: 1,
        periods: 1,
      },
    ],
    rows: [
      [
        new GraphWidget({
          title: `${name}: published, and delivered to all subscribers`,
          width: 12,
          left: [
            sum('NumberOfMessagesPublished', 'published'),
            sum('NumberOfNotificationsDelivered', 'delivered'),
            sum('NumberOfNotificationsFilteredOut', 'left out by filters'),
          ],
          leftYAxis: { min: 0, label: 'in five minutes', showUnits: false },
        }),
        new GraphWidget({
          title: `${name}: not delivered`,
          width: 12,
          left: [
            sum('NumberOfNotificationsFailed', 'given up'),
            sum('NumberOfNotificationsRedrivenToDlq', 'to a dead-letter queue'),
            sum('NumberOfNotificationsFailedToRedriveToDlq', 'lost on the way there'),
          ],
          leftYAxis: { min: 0, label: 'in five minutes', showUnits: false },
        }),
      ],
    ],
  };
}

/** The dead-letter queue of a subscription. @param subscriber its name in kebab case */
export function watchUndelivered(queue: IQueue, subscriber: string): Contribution {
  const name = `${subscriber}-undelivered`;
  return {
    alarms: [
      {
        id: constructId(name),
        about: 'messages',
        message: `Events are in the dead-letter queue of the subscriber ${subscriber}, who does not know of them. They are gone when their retention ends.`,
        section: 'events-were-not-delivered',
        metric: waiting(queue, Duration.minutes(5)),
        threshold: 1,
        periods: 1,
      },
    ],
    lines: { parked: { measured: [waiting(queue).with({ label: name })] } },
  };
}

/** A function of the pipeline that publishes events: can it? */
export function watchPublisher(fn: MonitoredFunction): Contribution {
  const alarm: AlarmDefinition = {
    id: `${constructId(fn.name)}EventsNotPublished`,
    about: 'messages',
    message: `${fn.name} fails to publish events. Three times in a quarter of an hour is no passing fault; the messages come back meanwhile.`,
    section: 'events-cannot-be-published',
    metric: ownCount(fn, metricNames.eventsNotPublished, { period: Duration.minutes(15) }),
    threshold: 3,
    periods: 1,
  };
  return {
    alarms: [alarm],
    lines: { failed: { computed: [ownCount(fn, metricNames.eventsNotPublished, { label: `${fn.name}: not told` })] } },
  };
}
