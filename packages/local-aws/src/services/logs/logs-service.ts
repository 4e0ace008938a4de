import type { Operation, RpcService } from '../../endpoint/service.ts';
import type { LogsContext } from './groups.ts';
import { describeLogGroups } from './operations/describe-log-groups.ts';
import { describeLogStreams } from './operations/describe-log-streams.ts';
import { filterLogEvents } from './operations/filter-log-events.ts';
import { getLogEvents } from './operations/get-log-events.ts';

/** CloudWatch Logs, as far as reading goes. */
export class LogsService implements RpcService {
  readonly signingName = 'logs';
  readonly targetPrefix = 'Logs_20140328';
  readonly operations: Readonly<Record<string, Operation>>;

  constructor(context: LogsContext) {
    this.operations = {
      DescribeLogGroups: describeLogGroups(context),
      DescribeLogStreams: describeLogStreams(context),
      FilterLogEvents: filterLogEvents(context),
      GetLogEvents: getLogEvents(context),
    };
  }
}
