import type { RestRequest } from '../../endpoint/service.ts';
import { parseFunctionName } from '../function-name.ts';
import type { DeployedFunction } from './function-configuration.ts';

/** The function that a request names in its path and `Qualifier`; throws `ResourceNotFoundException`. */
export type FindDeployed = (request: RestRequest) => DeployedFunction;

/** Whether the request names a version, as part of the name or as `Qualifier`. */
export function isQualified({ parameters, query }: RestRequest): boolean {
  return query.has('Qualifier') || parseFunctionName(parameters['FunctionName'] ?? '').qualifier !== undefined;
}
