import { AwsError, type JsonObject, type RestRoute } from '../../endpoint/api.ts';
import { findFunction, type FunctionDirectory, requestedArn } from './function-name.ts';
import type { CorsConfiguration, FunctionUrlModel } from './model.ts';

/** What the operations on function URLs answer from. */
export interface FunctionUrls {
  readonly directory: FunctionDirectory;
  readonly all: () => readonly FunctionUrlModel[];
  /** When the URLs were made: the start of the runtime, or its last reload. */
  readonly changedAt: () => Date;
}

/** Lambda's operations on function URLs that read. */
export function functionUrlRoutes(urls: FunctionUrls): readonly RestRoute[] {
  const { directory } = urls;
  const ofFunction = (name: string) => {
    const fn = findFunction(directory, name);
    return urls.all().filter(({ functionName }) => functionName === fn.name);
  };
  return [
    {
      operation: 'GetFunctionUrlConfig',
      method: 'GET',
      path: '/2021-10-31/functions/{FunctionName}/url',
      permissions: ({ parameters }) => [
        { action: 'lambda:GetFunctionUrlConfig', resource: requestedArn(directory, nameIn(parameters)) },
      ],
      run({ parameters }) {
        const [url] = ofFunction(nameIn(parameters));
        if (url === undefined) {
          // As LocalStack answers it.
          throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', {
            httpStatus: 404,
            members: { Type: 'User' },
          });
        }
        return { status: 200, body: urlConfig(url, urls.changedAt()) };
      },
    },
    {
      operation: 'ListFunctionUrlConfigs',
      method: 'GET',
      path: '/2021-10-31/functions/{FunctionName}/urls',
      permissions: ({ parameters }) => [
        { action: 'lambda:ListFunctionUrlConfigs', resource: requestedArn(directory, nameIn(parameters)) },
      ],
      run({ parameters }) {
        const configs = ofFunction(nameIn(parameters)).map((url) => urlConfig(url, urls.changedAt()));
        return { status: 200, body: { FunctionUrlConfigs: configs } };
      },
    },
  ];
}

function nameIn(parameters: Readonly<Record<string, string>>): string {
  return parameters['FunctionName'] ?? '';
}

function urlConfig({ url, functionArn, authType, cors }: FunctionUrlModel, changedAt: Date): JsonObject {
  return {
    FunctionUrl: url,
    FunctionArn: functionArn,
    AuthType: authType,
    ...(cors !== undefined && { Cors: corsDocument(cors) }),
    CreationTime: changedAt.toISOString(),
    LastModifiedTime: changedAt.toISOString(),
    InvokeMode: 'BUFFERED',
  };
}

function corsDocument(cors: CorsConfiguration): JsonObject {
  const lists = {
    AllowHeaders: cors.allowHeaders,
    AllowMethods: cors.allowMethods,
    AllowOrigins: cors.allowOrigins,
    ExposeHeaders: cors.exposeHeaders,
  };
  return {
    AllowCredentials: cors.allowCredentials,
    ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)),
    ...(cors.maxAgeSeconds !== undefined && { MaxAge: cors.maxAgeSeconds }),
  };
}
