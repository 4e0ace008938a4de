import type { AssemblyModel } from '../../assembly/model.ts';
import { AwsError, type JsonObject, type Operation, type RpcService } from '../../endpoint/api.ts';
import type { RunningService, Service } from '../../service.ts';
import { SqsService } from '../sqs/service.ts';
import { getMetricData, getMetricStatistics, listMetrics, type MetricSources } from './metrics.ts';

/** CloudWatch: what the queues are like at this moment, and the names of the templates' alarms. */
export class CloudWatchService implements RunningService {
  readonly rpc: RpcService;
  #model: AssemblyModel;

  constructor(model: AssemblyModel, sources: MetricSources) {
    this.#model = model;
    this.rpc = {
      signingName: 'monitoring',
      targetPrefix: 'GraniteServiceVersion20100801',
      xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
      operations: {
        DescribeAlarms: describeAlarms(() => this.#model, sources),
        GetMetricData: getMetricData(sources),
        GetMetricStatistics: getMetricStatistics(sources),
        ListMetrics: listMetrics(sources),
      },
    };
  }

  update(model: AssemblyModel): void {
    this.#model = model;
  }
}

export const cloudWatch: Service = {
  start: (model, { clock, running }) =>
    new CloudWatchService(model, { clock, queues: () => running(SqsService).queues() }),
};

/** Types of alarms in templates, by the member of the answer that lists them. */
const alarmTypes = { MetricAlarms: 'AWS::CloudWatch::Alarm', CompositeAlarms: 'AWS::CloudWatch::CompositeAlarm' };

/** Most alarms in an answer (CloudWatch API reference, DescribeAlarms). */
const mostRecords = 100;

const unevaluated = 'The local runtime records no metrics, so no alarm is evaluated.';

/**
 * DescribeAlarms: the alarms of the stacks by name. Each has the state of an alarm without data, because nothing is
 * recorded that an alarm could be evaluated with.
 */
function describeAlarms(model: () => AssemblyModel, sources: MetricSources): Operation {
  return {
    input: {
      members: {
        AlarmNames: { list: 'string' },
        AlarmNamePrefix: 'string',
        AlarmTypes: { list: 'string' },
        StateValue: 'string',
        MaxRecords: 'integer',
        NextToken: 'string',
      },
    },
    permissions: () => [{ action: 'cloudwatch:DescribeAlarms', resource: '*' }],
    run(input: DescribeAlarmsInput) {
      const {
        AlarmNames: names,
        AlarmNamePrefix: prefix = '',
        AlarmTypes: types = ['MetricAlarm'],
        StateValue,
      } = input;
      const { region, accountId, stacks } = model();
      const { MaxRecords: limit = 50, NextToken: token = '' } = input;
      if (limit < 1 || limit > mostRecords) {
        const bound = limit < 1 ? 'greater than or equal to 1' : `less than or equal to ${mostRecords}`;
        const message = `1 validation error detected: Value '${limit}' at 'maxRecords' failed to satisfy constraint: Member must have value ${bound}`;
        throw new AwsError('ValidationError', message);
      }
      const found = stacks
        .flatMap(({ resources }) => resources)
        .filter(({ type }) => types.some((wanted) => type === alarmTypes[`${wanted}s` as keyof typeof alarmTypes]))
        .filter(({ physicalId }) => (names?.includes(physicalId) ?? true) && physicalId.startsWith(prefix))
        .filter(() => (StateValue ?? 'INSUFFICIENT_DATA') === 'INSUFFICIENT_DATA')
        .toSorted((a, b) => (a.physicalId < b.physicalId ? -1 : 1));
      const rest = found.filter(({ physicalId }) => physicalId >= token);
      const page = rest.slice(0, limit);
      const next = rest[limit];
      const shown = (type: string): JsonObject[] =>
        page
          .filter((alarm) => alarm.type === type)
          .map(({ physicalId: name }) => ({
            AlarmName: name,
            AlarmArn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`,
            StateValue: 'INSUFFICIENT_DATA',
            StateReason: unevaluated,
            StateUpdatedTimestamp: sources.clock.now() / 1000,
          }));
      return {
        MetricAlarms: shown(alarmTypes.MetricAlarms),
        CompositeAlarms: shown(alarmTypes.CompositeAlarms),
        ...(next !== undefined && { NextToken: next.physicalId }),
      };
    },
  };
}

interface DescribeAlarmsInput {
  readonly AlarmNames?: readonly string[];
  readonly AlarmNamePrefix?: string;
  readonly AlarmTypes?: readonly string[];
  readonly StateValue?: string;
  readonly MaxRecords?: number;
  readonly NextToken?: string;
}
