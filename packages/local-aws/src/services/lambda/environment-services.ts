import type { Clock } from '../../clock.ts';
import type { EventStream } from '../../events.ts';
import type { ProcessGuard } from '../../processes.ts';
import type { AwsCall } from './child-process.ts';
import type { Credentials } from './environment-variables.ts';
import type { FunctionModel } from './model.ts';
import type { RuntimeApiServer } from './runtime-api-server.ts';

/** What every execution environment of the service shares. */
export interface ExecutionEnvironmentServices {
  readonly clock: Clock;
  readonly events: EventStream;
  readonly region: string;
  readonly endpointUrl: string;
  /** New ones with each call. */
  readonly credentialsFor: (fn: FunctionModel) => Credentials;
  readonly runtimeApi: RuntimeApiServer;
  readonly guard: ProcessGuard;
  /** Told once for each host and process. */
  readonly onAwsCall: (fn: FunctionModel, call: AwsCall) => void;
  /** Changes the environment variables of a process that is about to start, so that it fails. */
  readonly faults?: ProcessFaults | undefined;
}

/** Faults that a function's process brings about itself, by variables beside its `own`. */
export interface ProcessFaults {
  variables(own: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
}
