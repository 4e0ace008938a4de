import { describe, expect, test } from '@jest/globals';
import { type App, Aspects, CfnParameter, Duration, type IAspect, Stack, Validations } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnEventSourceMapping, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { CfnQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { QueueDoctor, setSlowestRecordSeconds, warningId } from '../../src/cdk/queue-doctor.ts';
import { type FindingCode, findingCodes } from '../../src/index.ts';
import { code, newApp, said, type Settings, stackWith } from './sound-stack.ts';

const mappingPath = (stack: Stack) =>
  `/${stack.node.findAll().find((node) => node instanceof CfnEventSourceMapping)!.node.path}`;

describe('synthesis of a stack of constructs of the CDK', () => {
  test('says nothing where nothing is wrong', () => {
    expect(said(stackWith())).toEqual([]);
  });

  test.each<[FindingCode, Settings]>([
    ['dead-letters-expire-early', { deadLetterQueue: { retentionPeriod: Duration.days(4) } }],
    ['reserved-concurrency-too-low', { function: { reservedConcurrentExecutions: 4 } }],
    ['timeout-above-visibility', { queue: { visibilityTimeout: Duration.seconds(9) } }],
  ])('stops for %s', (found, settings) => {
    expect(said(stackWith(settings))).toEqual([`error ${found}`]);
  });

  test.each<[FindingCode, Settings]>([
    ['visibility-too-short', { queue: { visibilityTimeout: Duration.seconds(59) } }],
    [
      'batch-outlasts-timeout',
      {
        mapping: { batchSize: 100, maxBatchingWindow: Duration.seconds(1) },
        queue: { visibilityTimeout: Duration.seconds(61) },
      },
    ],
    [
      'window-too-long',
      { mapping: { maxBatchingWindow: Duration.seconds(5) }, queue: { visibilityTimeout: Duration.seconds(65) } },
    ],
    ['whole-batch-fails', { mapping: { reportBatchItemFailures: false } }],
    ['mapping-disabled', { mapping: { enabled: false } }],
  ])('warns of %s at the mapping, and goes on', (found, settings) => {
    const stack = stackWith(settings);
    expect(said(stack)).toEqual([`warning ${found} at ${mappingPath(stack)}`]);
  });

  test('warns of a queue that is consumed and has no dead-letter queue', () => {
    const stack = stackWith();
    (stack.node.findChild('Work').node.defaultChild as CfnQueue).redrivePolicy = undefined;
    expect(said(stack)).toEqual(['warning no-dead-letter-queue at /Stack/Work/Resource']);
  });

  test('warns of few receives, and where they may be used up behind the first queue', () => {
    const app = newApp();
    const stack = stackWith({}, app);
    const work = stack.node.findChild('Work').node.defaultChild as CfnQueue;
    const failures = stack.node.findChild('Failures') as Queue;
    work.redrivePolicy = { deadLetterTargetArn: failures.queueArn, maxReceiveCount: 2 };
    const parked = new Queue(stack, 'Parked', { retentionPeriod: Duration.days(14) });
    (failures.node.defaultChild as CfnQueue).redrivePolicy = {
      deadLetterTargetArn: parked.queueArn,
      maxReceiveCount: 2,
    };
    expect(said(stack)).toEqual([
      'warning dead-letters-move-on-at-once at /Stack/Failures/Resource',
      'warning few-receives at /Stack/Work/Resource',
    ]);
  });

  test('tells all errors at once, in words and with figures', () => {
    const stack = stackWith({
      deadLetterQueue: { retentionPeriod: Duration.days(1) },
      function: { reservedConcurrentExecutions: 4 },
    });
    expect(() => (stack.node.root as App).synth()).toThrow(
      [
        'Validation failed with the following errors:',
        '  [Stack] Failures keeps messages for 1 day, Work for 4 days: a message keeps its age when it moves, and one that waited long expires in the dead-letter queue before anybody has seen it. Set the retention of Failures to 14 days, the longest there is. (docs/doctor.md#dead-letters-expire-early)',
        '  [Stack] Worker has a reserved concurrency of 4, below the maximum concurrency of 5 of its mapping: the mapping receives messages that it cannot hand on, and these use up their receives unprocessed. Reserve 5 or more, or lower the maximum concurrency. (docs/doctor.md#reserved-concurrency-too-low)',
      ].join('\n'),
    );
  });

  test('judges what other aspects leave, whichever comes first', () => {
    const app = newApp();
    const stack = stackWith({ queue: { visibilityTimeout: Duration.seconds(30) } }, app);
    const mending: IAspect = {
      visit(node) {
        if (node instanceof CfnQueue) node.visibilityTimeout = 60;
      },
    };
    Aspects.of(stack.node.findChild('Work')).add(mending);
    expect(said(stack)).toEqual([]);
  });

  test('says everything once when both the app and the stack have a doctor', () => {
    const stack = stackWith({ mapping: { enabled: false }, function: { reservedConcurrentExecutions: 4 } });
    Aspects.of(stack).add(new QueueDoctor());
    expect(said(stack)).toHaveLength(1);
  });

  test('says nothing of a warning that is acknowledged', () => {
    const stack = stackWith({ mapping: { enabled: false } });
    const reason = 'Switched on by hand, once the new table is filled.';
    Validations.of(stack.node.findChild('Worker')).acknowledge({ id: warningId('mapping-disabled'), reason });
    expect(said(stack)).toEqual([]);
  });

  test('does not judge what only the deployment knows', () => {
    const stack = stackWith();
    const seconds = new CfnParameter(stack, 'Seconds', { type: 'Number', default: 1 }).valueAsNumber;
    (stack.node.findChild('Work').node.defaultChild as CfnQueue).visibilityTimeout = seconds;
    expect(said(stack)).toEqual([]);
  });

  test('knows that provisioned pollers take no maximum concurrency', () => {
    const mapping = { maxConcurrency: undefined, provisionedPollerConfig: { minimumPollers: 2, maximumPollers: 5 } };
    const stack = stackWith({ function: { reservedConcurrentExecutions: 100 }, mapping: mapping as object });
    expect(said(stack)).toEqual([]);
  });

  test('finds a queue in another stack, a function behind an alias, and ends where dead-letter queues go round', () => {
    const app = newApp();
    const queues = new Stack(app, 'Queues');
    const work = new Queue(queues, 'Work', { visibilityTimeout: Duration.seconds(9) });
    const arn = { deadLetterTargetArn: work.queueArn, maxReceiveCount: 5 };
    (work.node.defaultChild as CfnQueue).redrivePolicy = arn;
    const functions = new Stack(app, 'Functions');
    const worker = new Function(functions, 'Worker', {
      code,
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      timeout: Duration.seconds(10),
    });
    const alias = worker.addAlias('live');
    alias.addEventSource(new SqsEventSource(work, { reportBatchItemFailures: true }));
    Aspects.of(app).add(new QueueDoctor());
    expect(said(functions)).toEqual(['error timeout-above-visibility']);
  });

  test('looks at a mapping from a queue that was imported as far as it can', () => {
    const app = newApp();
    const stack = new Stack(app, 'Stack');
    const worker = new Function(stack, 'Worker', { code, handler: 'index.handler', runtime: Runtime.NODEJS_24_X });
    const queue = Queue.fromQueueArn(stack, 'Imported', 'arn:aws:sqs:eu-west-1:111122223333:work');
    worker.addEventSource(new SqsEventSource(queue));
    Aspects.of(app).add(new QueueDoctor());
    expect(said(stack)).toEqual([`warning whole-batch-fails at ${mappingPath(stack)}`]);
  });
});

/** The stack's queue has a key, and the role of its consumer what it is given. */
const encrypted = (give: (key: Key, worker: Function, work: CfnQueue) => void) => {
  const stack = stackWith();
  const key = new Key(stack, 'Key');
  const work = stack.node.findChild('Work').node.defaultChild as CfnQueue;
  work.kmsMasterKeyId = key.keyArn;
  give(key, stack.node.findChild('Worker') as Function, work);
  return stack;
};

describe('a queue with a key of the app', () => {
  const statement = new PolicyStatement({ actions: ['kms:De*'], resources: ['*'] });

  test('whose consumer may not decrypt is warned of at the mapping', () => {
    const nothing = encrypted(() => {});
    expect(said(nothing)).toEqual([`warning cannot-decrypt at ${mappingPath(nothing)}`]);
    const another = encrypted((_key, worker) =>
      worker.addToRolePolicy(new PolicyStatement({ actions: ['kms:Encrypt'], resources: ['*'] })),
    );
    expect(said(another)).toEqual([`warning cannot-decrypt at ${mappingPath(another)}`]);
  });

  test.each<[string, Parameters<typeof encrypted>[0]]>([
    ['by a grant', (key, worker) => void key.grantDecrypt(worker)],
    ['by a statement of the role', (_key, worker) => worker.addToRolePolicy(statement)],
    [
      'by a managed policy of the app',
      (_key, worker) => worker.role?.addManagedPolicy(new ManagedPolicy(worker, 'Own', { statements: [statement] })),
    ],
    [
      'by the policy of the key',
      (key, worker) =>
        key.addToResourcePolicy(
          new PolicyStatement({ actions: ['kms:Decrypt'], resources: ['*'], principals: [worker.grantPrincipal] }),
        ),
    ],
    [
      'by an alias of the key',
      (key, worker, work) => {
        work.kmsMasterKeyId = key.addAlias('alias/work').aliasName;
        key.grantDecrypt(worker);
      },
    ],
    [
      'perhaps, by a policy of AWS',
      (_key, worker) => worker.role?.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName('PowerUserAccess')),
    ],
    [
      'perhaps, with a key that was imported',
      (_key, worker, work) => {
        work.kmsMasterKeyId = Key.fromKeyArn(worker, 'Imported', 'arn:aws:kms:eu-west-1:111122223333:key/1').keyArn;
      },
    ],
  ])('whose consumer may decrypt is sound: %s', (_how, give) => {
    expect(said(encrypted(give))).toEqual([]);
  });

  test('is sound with the event source of the CDK, which grants what it takes', () => {
    const app = newApp();
    const stack = new Stack(app, 'Own');
    const deadLetterQueue = {
      queue: new Queue(stack, 'Dead', { retentionPeriod: Duration.days(14) }),
      maxReceiveCount: 5,
    };
    const queue = new Queue(stack, 'Work', {
      encryption: QueueEncryption.KMS,
      deadLetterQueue,
      visibilityTimeout: Duration.seconds(60),
    });
    const worker = new Function(stack, 'Worker', {
      code,
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      timeout: Duration.seconds(10),
    });
    worker.addEventSource(new SqsEventSource(queue, { maxConcurrency: 5, reportBatchItemFailures: true }));
    Aspects.of(app).add(new QueueDoctor());
    expect(said(stack)).toEqual([]);
  });
});

describe('the longest that a record takes', () => {
  const mapping = { batchSize: 10, maxConcurrency: 5, reportBatchItemFailures: true };

  test.each([
    [1, []],
    [1.01, ['error batch-outlasts-timeout']],
  ])('is what the construct around the mapping was told: %d s', (seconds, findings) => {
    const stack = stackWith({ mapping });
    setSlowestRecordSeconds(stack.node.findChild('Worker'), seconds);
    expect(said(stack)).toEqual(findings);
  });

  test('is what the nearest construct was told', () => {
    const stack = stackWith({ mapping });
    setSlowestRecordSeconds(stack, 7);
    setSlowestRecordSeconds(stack.node.findChild('Worker'), 0.1);
    expect(said(stack)).toEqual([]);
  });
});

test('a page of the app’s own can explain the findings', () => {
  const app = newApp();
  Aspects.of(app).add(new QueueDoctor({ page: 'https://wiki.example.com/queues' }));
  stackWith({ deadLetterQueue: { retentionPeriod: Duration.days(1) } }, app);
  expect(() => app.synth()).toThrow('(https://wiki.example.com/queues#dead-letters-expire-early)');
});

test('warnings have ids of their own', () => {
  expect(new Set(findingCodes.map(warningId)).size).toBe(findingCodes.length);
});
