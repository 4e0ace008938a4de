import { dependencies } from './handler.ts';
import { publishEventsOnLambda } from '../common/sns-events.ts';
import { createHandler } from './process-batch.ts';

/** process-orders with `-c events=true`: what handler.ts says, and the events of it. An entry of its own, for SNS's client. */
export const handler = createHandler({ ...dependencies, publishEvents: publishEventsOnLambda() });
