import { AwsError, type HttpAnswer, type RestResponse, type RestRoute, type RestService } from './api.ts';

/** The route that a request is for; `parameters` are its `{Name}` segments, percent-decoded. */
export interface RestMatch {
  readonly service: RestService;
  readonly route: RestRoute;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Finds the route of a method and path; a slash at the end makes no difference, as on AWS. Literal segments win over
 * parameters, and the service that the request is signed for wins over others.
 */
export function findRoute(
  services: readonly RestService[],
  signingName: string | undefined,
  method: string,
  path: string,
): RestMatch | undefined {
  const given = segmentsOf(path);
  let best: (RestMatch & { rank: number }) | undefined;
  for (const service of services) {
    for (const route of service.routes) {
      if (route.method !== method) continue;
      const parameters = match(segmentsOf(route.path), given);
      if (parameters === undefined) continue;
      const rank = (service.signingName === signingName ? 0 : 100) + Object.keys(parameters).length;
      if (best === undefined || rank < best.rank) best = { service, route, parameters, rank };
    }
  }
  return best;
}

const segments = new Map<string, readonly string[]>();

/** Route paths are few and asked for on every request: they are split once. */
function segmentsOf(path: string): readonly string[] {
  const known = segments.get(path);
  if (known !== undefined) return known;
  const split = path.replace(/\/$/, '').split('/');
  if (path.includes('{')) segments.set(path, split);
  return split;
}

function match(pattern: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const actual = given[index] ?? '';
    if (part.startsWith('{')) parameters[part.slice(1, -1)] = actual;
    else if (part !== actual) return undefined;
  }
  for (const [name, value] of Object.entries(parameters)) parameters[name] = decode(value);
  return parameters;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new AwsError(
      'InvalidParameterValueException',
      `The path segment "${segment}" is not valid percent-encoding.`,
    );
  }
}

/** REST-JSON (Lambda): method and path name the operation, errors carry their code in a header. */
export const restProtocol = {
  success(response: RestResponse, requestId: string): HttpAnswer {
    const body = response.body ?? '';
    return {
      status: response.status,
      headers: { 'content-type': 'application/json', ...response.headers, 'x-amzn-RequestId': requestId },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    };
  },

  failure(error: AwsError, requestId: string): HttpAnswer {
    return {
      status: error.httpStatus,
      headers: {
        'content-type': 'application/json',
        'x-amzn-RequestId': requestId,
        'x-amzn-errortype': error.code,
      },
      body: JSON.stringify({ ...error.members, [textMember(error)]: error.message }),
    };
  },
};

/** Lambda's API model names the text of these errors `Message`, and that of the others `message`. */
const capitalisedTexts: readonly string[] = ['ResourceNotFoundException', 'ServiceException'];

function textMember({ code }: AwsError): 'Message' | 'message' {
  return capitalisedTexts.includes(code) ? 'Message' : 'message';
}
