import { Aws } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Queue } from 'aws-cdk-lib/aws-sqs';

/** Who may use a queue. */
export interface QueueAccess {
  /** Role of the function that consumes the queue. Nobody else may consume it, except operators. */
  readonly consumer?: IRole;
  /** For a queue to which SQS itself moves messages: the role whose receives cause the move. Only operators may send. */
  readonly movedBy?: IRole;
  /**
   * ARNs of roles or users that may receive, delete, purge, redrive and send everywhere; `*` and `?` are allowed. The
   * ARN of a role covers all its sessions (IAM User Guide, "AWS global condition context keys", aws:PrincipalArn).
   */
  readonly operators: readonly string[];
}

/**
 * Denies, in the queue's policy, what only the pipeline and its operators should do. The policy allows nothing: the IAM
 * policies of the account decide who may send to the first queue and who may look at all queues.
 *
 * SetQueueAttributes and DeleteQueue are not denied: an administrator of the account can always mend a queue and its
 * policy. Services of AWS are not denied either. They would need an Allow, and there is none.
 */
export function denyOthers(queue: Queue, { consumer, movedBy, operators }: QueueAccess): void {
  deny(queue, 'OtherAccounts', ['sqs:*'], { StringNotEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID } });
  const consumers = [...(consumer === undefined ? [] : [consumer.roleArn]), ...operators];
  // With neither consumer nor operators, IAM policies decide who consumes the queue.
  if (consumers.length > 0) {
    // A redrive (StartMessageMoveTask) needs these permissions, too.
    const consuming = ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'PurgeQueue'];
    deny(
      queue,
      'OtherConsumers',
      consuming.map((action) => `sqs:${action}`),
      noneOf(consumers),
    );
  }
  if (movedBy !== undefined) {
    // SQS needs no permission to move a message to a dead-letter queue. AWS does not promise this, so the role whose
    // receive causes the move is not denied. Its own policy lets it send nothing.
    deny(queue, 'OtherSenders', ['sqs:SendMessage'], noneOf([movedBy.roleArn, ...operators]));
  }
}

type Condition = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const noneOf = (arns: readonly string[]): Condition => ({ ArnNotLike: { 'aws:PrincipalArn': arns } });

function deny(queue: Queue, sid: string, actions: string[], condition: Condition): void {
  queue.addToResourcePolicy(
    new PolicyStatement({
      sid,
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions,
      resources: [queue.queueArn],
      // IfExists: an unsigned request has no such key, and is denied.
      conditions: { ...condition, BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' } },
    }),
  );
}
