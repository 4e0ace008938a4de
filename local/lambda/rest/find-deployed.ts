import type { RestRequest } from '../../endpoint/service.ts';
import { parseFunctionName } from '../function-name.ts';
import type { DeployedFunction } from './function-configuration.ts';

/** What a request names in its path and `Qualifier`. */
export interface RequestedFunctions {
  /** Throws `ResourceNotFoundException`. */
  readonly find: (request: RestRequest) => DeployedFunction;
  /** Whether or not there is such a function; throws `ValidationException`. */
  readonly arnOf: (request: RestRequest) => string;
}

/** Whether the request names a version, as part of the name or as `Qualifier`. */
export function isQualified({ parameters, query }: RestRequest): boolean {
  return query.has('Qualifier') || parseFunctionName(parameters['FunctionName'] ?? '').qualifier !== undefined;
}
