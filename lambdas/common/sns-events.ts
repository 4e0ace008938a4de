import { PublishBatchCommand, SNSClient, type SNSClientConfig } from '@aws-sdk/client-sns';
import { environmentNames, requireBoolean, requireText } from '../../shared/pipeline.ts';
import { type PublishBatch, publishEventsBy, type PublishEvents } from './events.ts';
import { atMost, connections, patience } from './table-client.ts';

/** As the functions are deployed with `-c events=true`. @throws {EnvironmentError} */
export function publishEventsOnLambda(): PublishEvents {
  const topicArn = requireText(process.env, environmentNames.orderEventsTopicArn);
  const allReasons = requireBoolean(process.env, environmentNames.allEventReasons);
  // Made while the function starts, when it has the most CPU: every batch needs it.
  return publishEventsBy(snsPublishBatch(topicArn, createSnsClient()), allReasons);
}

/** Publishes through the SDK. A file of its own: only a bundle with events has SNS's client. */
export function snsPublishBatch(TopicArn: string, client: SNSClient): PublishBatch {
  // A request that waits for a connection would already spend its timeout.
  const inTurn = atMost(connections);
  return (entries, abortSignal) =>
    inTurn(async () => {
      const command = new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: [...entries] });
      const { Successful = [], Failed = [] } = await client.send(command, { abortSignal });
      return {
        published: Successful.map(({ Id }) => Id),
        refused: Failed.map(({ Id, Code, Message }) => ({ id: Id, why: `${Code}: ${Message ?? ''}` })),
      };
    });
}

/** An SDK client for a function. Region, endpoint and credentials come from environment variables, as on Lambda. */
export function createSnsClient(configuration: SNSClientConfig = {}): SNSClient {
  return new SNSClient({ ...configuration, ...patience });
}
