import '../common/map-stack-traces.ts';
import { environmentNames, requireText } from '../../shared/pipeline.ts';
import { publishMetricsOnLambda } from '../common/metrics.ts';
import { createDynamoDbClient } from '../common/table-client.ts';
import { startDeadline } from '../common/time.ts';
import { rowReader } from './rows.ts';
import { createHandler } from './track.ts';

/**
 * track-orders answers what became of an order (track.ts), from the order's rows (rows.ts, standing.ts). It can read the
 * table, and neither write nor send.
 */
export const handler = createHandler({
  readRows: rowReader(requireText(process.env, environmentNames.ordersTableName), createDynamoDbClient()),
  random: Math.random,
  publishMetrics: publishMetricsOnLambda(),
  startDeadline,
});
