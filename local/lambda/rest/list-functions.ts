import { AwsError } from '../../endpoint/aws-error.ts';
import type { RestRoute } from '../../endpoint/service.ts';
import { type DeployedFunction, functionConfiguration } from './function-configuration.ts';

/** Lambda answers at most 50 functions a page, whatever `MaxItems` says (API reference, ListFunctions). */
const pageLimit = 50;

export function listFunctions(all: () => readonly DeployedFunction[]): RestRoute {
  return {
    operation: 'ListFunctions',
    method: 'GET',
    path: '/2015-03-31/functions',
    permissions: () => [{ action: 'lambda:ListFunctions', resource: '*' }],
    run({ query }) {
      const maxItems = maximumItems(query.get('MaxItems'));
      const sorted = all().toSorted((a, b) => (a.fn.name < b.fn.name ? -1 : 1));
      const start = startOf(sorted, query.get('Marker'));
      const page = sorted.slice(start, start + maxItems);
      const next = sorted[start + maxItems];
      const version = query.get('FunctionVersion');
      if (version !== null && version !== 'ALL') {
        const message = `Value '${version}' at 'functionVersion' failed to satisfy constraint: Member must satisfy enum value set: [ALL]`;
        throw new AwsError('ValidationException', `1 validation error detected: ${message}`);
      }
      return {
        status: 200,
        body: {
          ...(next !== undefined && { NextMarker: Buffer.from(next.fn.name).toString('base64') }),
          Functions: page.map((deployed) => functionConfiguration(deployed, false)),
        },
      };
    },
  };
}

function maximumItems(text: string | null): number {
  if (text === null) return pageLimit;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 10_000) return Math.min(value, pageLimit);
  const bound = value < 1 ? 'greater than or equal to 1' : 'less than or equal to 10000';
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${text}' at 'maxItems' failed to satisfy constraint: Member must have value ${bound}`,
  );
}

/** The marker names the first function of its page, so that it holds when functions come and go. */
function startOf(sorted: readonly DeployedFunction[], marker: string | null): number {
  if (marker === null || marker === '') return 0;
  const name = Buffer.from(marker, 'base64').toString('utf8');
  const index = sorted.findIndex(({ fn }) => fn.name >= name);
  return index === -1 ? sorted.length : index;
}
