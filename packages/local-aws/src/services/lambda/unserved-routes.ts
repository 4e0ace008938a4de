import { unservedRoutes as routesOf } from '../../endpoint/unserved.ts';

/**
 * Operations of Lambda that are not here, as the API reference names them.
 * Code and settings of functions come from the templates, so that
 * what changes them is in the list.
 */
const operations = `
  POST   /2014-11-13/functions/{FunctionName}/invoke-async InvokeAsync
  POST   /2015-03-31/functions CreateFunction
  DELETE /2015-03-31/functions/{FunctionName} DeleteFunction
  POST   /2015-03-31/functions/{FunctionName}/aliases CreateAlias
  GET    /2015-03-31/functions/{FunctionName}/aliases/{Name} GetAlias
  PUT    /2015-03-31/functions/{FunctionName}/aliases/{Name} UpdateAlias
  DELETE /2015-03-31/functions/{FunctionName}/aliases/{Name} DeleteAlias
  PUT    /2015-03-31/functions/{FunctionName}/code UpdateFunctionCode
  PUT    /2015-03-31/functions/{FunctionName}/configuration UpdateFunctionConfiguration
  POST   /2015-03-31/functions/{FunctionName}/policy AddPermission
  DELETE /2015-03-31/functions/{FunctionName}/policy/{StatementId} RemovePermission
  POST   /2015-03-31/functions/{FunctionName}/versions PublishVersion
  GET    /2017-03-31/tags/{Resource} ListTags
  POST   /2017-03-31/tags/{Resource} TagResource
  DELETE /2017-03-31/tags/{Resource} UntagResource
  PUT    /2017-10-31/functions/{FunctionName}/concurrency PutFunctionConcurrency
  DELETE /2017-10-31/functions/{FunctionName}/concurrency DeleteFunctionConcurrency
  GET    /2018-10-31/layers ListLayers
  GET    /2018-10-31/layers/{LayerName}/versions ListLayerVersions
  POST   /2018-10-31/layers/{LayerName}/versions PublishLayerVersion
  GET    /2018-10-31/layers/{LayerName}/versions/{VersionNumber} GetLayerVersion
  PUT    /2019-09-25/functions/{FunctionName}/event-invoke-config PutFunctionEventInvokeConfig
  POST   /2019-09-25/functions/{FunctionName}/event-invoke-config UpdateFunctionEventInvokeConfig
  DELETE /2019-09-25/functions/{FunctionName}/event-invoke-config DeleteFunctionEventInvokeConfig
  GET    /2019-09-25/functions/{FunctionName}/event-invoke-config/list ListFunctionEventInvokeConfigs
  GET    /2019-09-30/functions/{FunctionName}/provisioned-concurrency GetProvisionedConcurrencyConfig
  PUT    /2019-09-30/functions/{FunctionName}/provisioned-concurrency PutProvisionedConcurrencyConfig
  DELETE /2019-09-30/functions/{FunctionName}/provisioned-concurrency DeleteProvisionedConcurrencyConfig
  GET    /2020-06-30/functions/{FunctionName}/code-signing-config GetFunctionCodeSigningConfig
  GET    /2021-07-20/functions/{FunctionName}/runtime-management-config GetRuntimeManagementConfig
  PUT    /2021-07-20/functions/{FunctionName}/runtime-management-config PutRuntimeManagementConfig
  POST   /2021-10-31/functions/{FunctionName}/url CreateFunctionUrlConfig
  PUT    /2021-10-31/functions/{FunctionName}/url UpdateFunctionUrlConfig
  DELETE /2021-10-31/functions/{FunctionName}/url DeleteFunctionUrlConfig
  POST   /2021-11-15/functions/{FunctionName}/response-streaming-invocations InvokeWithResponseStream
  GET    /2024-08-31/functions/{FunctionName}/recursion-config GetFunctionRecursionConfig
  PUT    /2024-08-31/functions/{FunctionName}/recursion-config PutFunctionRecursionConfig
`;

/** Routes that say which operation is not here. */
export const unservedRoutes = routesOf('lambda', operations);
