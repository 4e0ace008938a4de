import { Aspects, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { QueueDoctor } from 'queue-doctor/cdk';
import { bundledCode } from '../lib/bundle-function.ts';
import { Monitoring } from '../lib/monitoring/monitoring.ts';
import { watchLastStop, watchQueue } from '../lib/monitoring/watch-queue.ts';
import { QueueConsumer } from '../lib/queue-consumer.ts';
import { QueuePair } from '../lib/queue-pair.ts';

const atOnce = { batchSize: 10, windowSeconds: 0, maximumConcurrency: 5, partialBatchResponses: true };
const settings = { timeoutSeconds: 20, memoryMb: 256, ...atOnce };
const receives = { receivesBefore: 0, maxReceiveCount: 5 };

/** Photos wait in a queue until they are printed. */
export class PhotoStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { queue, lastStop } = new QueuePair(this, 'Queues', {
      queue: { name: 'photos', consumer: settings },
      deadLetterQueue: { name: 'failed-photos', maxReceiveCount: receives.maxReceiveCount },
    });
    const code = bundledCode('docs/example-handler.ts');
    const print = { name: 'print-photos', description: 'Prints photos.', code, queue, settings };
    const consumer = new QueueConsumer(this, 'PrintPhotos', print);
    const photos = watchQueue({ name: 'photos', item: 'a photo', queue, consumer, ...receives });
    const parts = [photos, watchLastStop(lastStop)];
    new Monitoring(this, 'Monitoring', { parts, emailAddresses: ['print@example.com'] });
    Aspects.of(this).add(new QueueDoctor());
  }
}
