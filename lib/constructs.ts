// The constructs that know no order, for any stack: `order-pipeline/constructs` (docs/example-stack.md). In another
// project it is the whole of the package that `npm run pack:constructs` makes.
export { QueueDoctor } from 'queue-doctor/cdk';
export { bundledCode, bundledHandler } from './bundle-function.ts';
export { type ConsumerSettings, type FunctionSettings, InvalidConfigurationError } from './configuration/settings.ts';
export { EncryptionKey, mayEncrypt } from './encryption-key.ts';
export { type Contribution, together } from './monitoring/contribution.ts';
export { Monitoring, type MonitoringProps } from './monitoring/monitoring.ts';
export { watchFunction } from './monitoring/watch-function.ts';
export { watchDeadLetterQueue, watchLastStop, watchQueue } from './monitoring/watch-queue.ts';
export { type CommonFunctionProps, PipelineFunction, type PipelineFunctionProps } from './pipeline-function.ts';
export { denyOthers } from './queue-access.ts';
export { mayChangeVisibility, QueueConsumer, type QueueConsumerProps } from './queue-consumer.ts';
export { QueuePair, type QueuePairProps } from './queue-pair.ts';
