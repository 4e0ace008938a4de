import { Aspects, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { bundledCode, Monitoring, QueueConsumer, QueueDoctor, QueuePair } from 'order-pipeline/constructs';
import { watchLastStop, watchQueue } from 'order-pipeline/constructs';

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
