import { QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { logMessages } from '../../shared/telemetry.ts';
import { functionsOf, type MonitoredFunction, type MonitoredPipeline } from './monitored.ts';

/** To be replaced by the id of an order or a message before the query of one order's life is run. */
export const idPlaceholder = 'ORDER_OR_MESSAGE_ID';

interface SavedQuery {
  readonly id: string;
  /** What the console lists it as, in a folder of the pipeline. */
  readonly name: string;
  readonly query: ConstructorParameters<typeof QueryString>[0];
  readonly functions: readonly MonitoredFunction[];
}

/**
 * Questions to CloudWatch Logs Insights, ready to run. Functions log in Lambda's JSON format: what they give `console`
 * is the member `message`, and Lambda's own lines have a `type` and a `record`.
 */
export function savedQueries(pipeline: MonitoredPipeline): readonly SavedQuery[] {
  const { orders, badOrders } = pipeline;
  const all = functionsOf(pipeline);
  return [
    {
      id: 'OrderLife',
      name: 'life of one order',
      query: {
        fields: [
          '@timestamp',
          'message.message',
          'message.messageId',
          'message.receiveCount',
          'message.kind',
          'message.reasons.0',
          'message.error.message',
          'message.traceId',
          'requestId',
        ],
        filterStatements: [`message.orderId = '${idPlaceholder}' or message.messageId = '${idPlaceholder}'`],
        sort: '@timestamp asc',
        limit: 200,
      },
      functions: all,
    },
    ...(badOrders === undefined
      ? []
      : [
          {
            id: 'FailuresByCause',
            name: 'failures by cause',
            query: {
              filterStatements: [`message.message = '${logMessages.failedOrder}'`],
              statsStatements: [
                'count(*) as failures, max(@timestamp) as last by message.cause, message.kind, message.reasons.0',
              ],
              sort: 'failures desc',
            },
            functions: [badOrders.consumer],
          },
        ]),
    {
      id: 'SlowestBatches',
      name: 'slowest batches',
      query: {
        fields: [
          '@timestamp',
          'record.metrics.durationMs',
          'record.metrics.initDurationMs',
          'record.metrics.maxMemoryUsedMB',
          'record.status',
          'record.requestId',
        ],
        filterStatements: ["type = 'platform.report'"],
        sort: 'record.metrics.durationMs desc',
        limit: 25,
      },
      functions: [orders.consumer],
    },
    {
      id: 'ColdStarts',
      name: 'cold starts',
      query: {
        filterStatements: ["type = 'platform.report' and ispresent(record.metrics.initDurationMs)"],
        statsStatements: [
          'count(*) as starts, avg(record.metrics.initDurationMs) as average, pct(record.metrics.initDurationMs, 99) as p99, max(record.metrics.initDurationMs) as longest by @log, bin(1h)',
        ],
        sort: 'starts desc',
      },
      functions: all,
    },
  ];
}

export interface SavedQueriesProps {
  /** The folder that the console shows the queries in. */
  readonly folder: string;
  readonly pipeline: MonitoredPipeline;
}

/** `savedQueries` in the account, in one folder. */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, { folder, pipeline }: SavedQueriesProps) {
    super(scope, id);
    for (const { id: queryId, name, query, functions } of savedQueries(pipeline)) {
      new QueryDefinition(this, queryId, {
        queryDefinitionName: `${folder}/${name}`,
        queryString: new QueryString(query),
        logGroups: functions.map(({ logGroup }) => logGroup),
      });
    }
  }
}
