import type { Clock } from '../clock.ts';
import type { EventStream } from '../events.ts';
import type { FunctionModel } from '../model.ts';
import type { Credentials } from './environment-variables.ts';
import type { ProcessGuard } from '../process-guard.ts';
import type { RuntimeApiServer } from './runtime-api-server.ts';

/** What every execution environment of the service shares. */
export interface EnvironmentServices {
  readonly clock: Clock;
  readonly events: EventStream;
  readonly region: string;
  readonly endpointUrl: string;
  readonly credentialsFor: (fn: FunctionModel) => Credentials;
  readonly runtimeApi: RuntimeApiServer;
  readonly guard: ProcessGuard;
}
