import { Aws } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Queue } from 'aws-cdk-lib/aws-sqs';

/** Who has business with a queue. */
export interface QueueAccess {
  /** Role of the function that consumes the queue: nobody but it and operators may. */
  readonly consumer?: IRole;
  /** For a queue to which SQS itself moves messages, the role whose receives make it do so: only operators may send. */
  readonly movedBy?: IRole;
  /**
   * ARNs of roles or users, `*` and `?` allowed, that may receive, delete, purge, redrive and send everywhere. A role's
   * ARN covers all its sessions (IAM User Guide, "AWS global condition context keys", aws:PrincipalArn).
   */
  readonly operators: readonly string[];
}

/**
 * Denies in the queue's policy what nobody but the pipeline and its operators has business with. It allows nothing:
 * that is left to the IAM policies of the account, which may send to the first queue and look at all of them.
 *
 * Nothing is denied that mends a queue or its policy (SetQueueAttributes, DeleteQueue): administrators of the account
 * can always name themselves operators and deploy. Services of AWS are not denied either; they would need an Allow,
 * and there is none.
 */
export function denyOthers(queue: Queue, { consumer, movedBy, operators }: QueueAccess): void {
  deny(queue, 'OtherAccounts', ['sqs:*'], { StringNotEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID } });
  const consumers = [...(consumer === undefined ? [] : [consumer.roleArn]), ...operators];
  // A queue without a consumer that has no operators either is for those whose IAM policies let them in.
  if (consumers.length > 0) {
    // A redrive, StartMessageMoveTask, needs them too.
    const consuming = ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'PurgeQueue'];
    deny(
      queue,
      'OtherConsumers',
      consuming.map((action) => `sqs:${action}`),
      noneOf(consumers),
    );
  }
  if (movedBy !== undefined) {
    // SQS asks for no permission when it moves a message to a dead-letter queue. Should it, in the name of the service
    // or of the consumer whose receive is one too many, it is not denied: that role's own policy lets it send nothing.
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
      // IfExists: a request that nobody signed has no such key, and is denied.
      conditions: { ...condition, BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' } },
    }),
  );
}
