import type { RpcService } from '../../endpoint/api.ts';
import type { RunningService, Service } from '../../service.ts';
import type { LogsContext } from './groups.ts';
import { describeLogGroups, describeLogStreams } from './operations/describe.ts';
import { filterLogEvents } from './operations/filter-log-events.ts';
import { getLogEvents } from './operations/get-log-events.ts';
import { QueryRuns } from './operations/queries.ts';
import { writingOperations } from './operations/write.ts';
import { type LogsModel, logsResourceTypes, type QueryDefinitionModel, readLogsModel } from './resources.ts';
import { LogStore } from './store.ts';

/** CloudWatch Logs: what functions and clients write, to be read again. */
export class LogsService implements RunningService<LogsModel> {
  readonly rpc: RpcService;
  readonly #store: LogStore;
  readonly #queries = new QueryRuns();
  #definitions: readonly QueryDefinitionModel[];

  constructor(given: Omit<LogsContext, 'definitions'> & Pick<LogsModel, 'queryDefinitions'>) {
    const context = { ...given, definitions: () => this.#definitions };
    this.#definitions = given.queryDefinitions;
    this.#store = context.store;
    this.rpc = {
      signingName: 'logs',
      targetPrefix: 'Logs_20140328',
      operations: {
        DescribeLogGroups: describeLogGroups(context),
        DescribeLogStreams: describeLogStreams(context),
        FilterLogEvents: filterLogEvents(context),
        GetLogEvents: getLogEvents(context),
        ...this.#queries.operations(context),
        ...writingOperations(context),
      },
    };
  }

  /** Writes an event as a service of AWS does. The group and the stream appear with their first event. */
  write(logGroupName: string, logStreamName: string, message: string): void {
    this.#store.create(logGroupName).append(logStreamName, this.#store.now(), message);
  }

  update({ logGroups, queryDefinitions }: LogsModel): void {
    this.#store.declare(logGroups);
    this.#definitions = queryDefinitions;
  }

  close(): void {
    this.#queries.close();
    this.#store.close();
  }
}

export const logs: Service<LogsModel> = {
  actionPrefix: 'logs',
  resourceTypes: logsResourceTypes,
  readModel: readLogsModel,
  start: ({ logGroups, queryDefinitions }, { clock, events, region, accountId }) =>
    new LogsService({ store: new LogStore({ clock, events, logGroups }), queryDefinitions, region, accountId }),
};
