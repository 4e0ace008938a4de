/**
 * Runs a synthesized AWS CDK app on this machine: `startRuntime` with the folder that `cdk synth` wrote. What happens is
 * told on an `EventStream`; AWS clients talk to `runtime.endpoint.url`. The harnesses for tests are in
 * `local-aws/testing`.
 */

// The runtime and its parts.
export { type Runtime, type RuntimeOptions, startRuntime } from './runtime.ts';
export { type Endpoint } from './endpoint/server.ts';
export { type RpcService } from './endpoint/api.ts';
export { type IamMode } from './services/iam/authorizer.ts';
export { type DynamodbService } from './services/dynamodb/service.ts';
export { type LambdaService } from './services/lambda/functions.ts';
export { type KeptMail, type Mail, type Mailbox, type MailFate } from './services/mailbox/mailbox.ts';
export { MailboxService } from './services/mailbox/service.ts';
export { type NewMessage } from './services/sqs/message.ts';
export { type Queue } from './services/sqs/queue.ts';
export { type SqsService } from './services/sqs/service.ts';
export { LocalRuntimeError } from './errors.ts';
export { systemError, systemRemedyIn } from './system-errors.ts';

// Services, for those who add one of their own.
export { type RunningService, type Service, type ServiceContext } from './service.ts';
export { services } from './services/index.ts';

// A cloud assembly as a typed model.
export { readAssembly } from './assembly/read-assembly.ts';
export { type LocalModel } from './model.ts';
export { type PolicyDocument, type RoleModel } from './services/iam/model.ts';
export { type TableModel } from './services/dynamodb/model.ts';

// What happens, and how a terminal shows it.
export { type BatchEnded, EventStream, type Listener, type LogEvent, type RuntimeEvent } from './events.ts';
export { type ConsoleLabels, consoleLabels, renderEvent, type RenderOptions } from './console.ts';
export { type LogText, readLogMessage } from './log-text.ts';

// The command `local-aws`, for programs that make their assembly themselves.
export { addAssemblyOptions, type AssemblyOptions, assemblySettings } from './command/assembly-options.ts';
export { assemblyFolder, type AssemblySource, serve, type ServeOptions } from './command/serve.ts';

// Time.
export { type Clock, sleep, systemClock } from './clock.ts';
export { TurnedClock } from './faults/turned-clock.ts';

// Faults that are injected on purpose.
export { type FaultName, faultKinds, faultNames } from './faults/fault-kinds.ts';
export { chooseKinds, type FaultPlan, planFaults, type Random, seededRandom } from './faults/fault-plan.ts';
export { Faults } from './faults/faults.ts';

// Processes and folders that end with this process, even with a killed one.
export { ProcessGuard, TemporaryFolder } from './processes.ts';
