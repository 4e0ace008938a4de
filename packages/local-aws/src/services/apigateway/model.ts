import { ResourceList } from '../../assembly/draft.ts';
import type { Declared } from '../../assembly/model.ts';
import type { Place } from '../../errors.ts';
import type { CorsConfiguration } from '../lambda/model.ts';

/** API Gateway's part of the model. */
export interface ApiGatewayModel {
  readonly httpApis: readonly HttpApiModel[];
  readonly restApis: readonly RestApiModel[];
}

/** `AWS::ApiGatewayV2::Api` of the protocol HTTP, with all that belongs to it. */
export interface HttpApiModel extends DeclaredHttpApi {
  readonly routes: readonly RouteModel[];
  readonly integrations: readonly IntegrationModel[];
  readonly authorizers: readonly JwtAuthorizerModel[];
  readonly stages: readonly StageModel[];
}

/** An HTTP API, before its routes and stages are attached. */
export interface DeclaredHttpApi extends Declared {
  /** 10 letters and digits. */
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  /** Where it is served here: `http://127.0.0.1:4567/<id>`. */
  readonly url: string;
  readonly cors?: CorsConfiguration;
  /** False: AWS answers 404 at the API's own address, and only a custom domain leads to it. */
  readonly hasOwnAddress: boolean;
}

/** `AWS::ApiGatewayV2::Route`. */
export interface RouteModel extends OfApi {
  readonly id: string;
  /** `GET /orders/{id}`, `ANY /{proxy+}` or `$default`. */
  readonly routeKey: string;
  readonly integrationId: string;
  readonly authorization: Authorization;
}

/** Who may call a route. */
export type Authorization =
  | { readonly type: 'NONE' }
  | { readonly type: 'AWS_IAM' }
  | { readonly type: 'JWT'; readonly authorizerId: string; readonly scopes: readonly string[] };

/** `AWS::ApiGatewayV2::Integration`: what answers a route. */
export type IntegrationModel = LambdaIntegrationModel | ServiceIntegrationModel;

interface IntegrationBase extends OfApi {
  readonly id: string;
  /** 50 to 30,000. */
  readonly timeoutMs: number;
  readonly description?: string;
}

/** A Lambda proxy integration. */
export interface LambdaIntegrationModel extends IntegrationBase {
  readonly kind: 'lambda';
  /** ARN of a function, or one around it; it may hold `${stageVariables.name}`. */
  readonly uri: string;
  readonly payloadFormatVersion: '1.0' | '2.0';
  /** The role as which API Gateway invokes the function. Undefined: the function's own policy decides. */
  readonly credentialsArn?: string;
}

/** A first-class integration: API Gateway calls an operation of a service of AWS. */
export interface ServiceIntegrationModel extends IntegrationBase {
  readonly kind: 'service';
  /** `SQS-SendMessage`. */
  readonly subtype: string;
  readonly credentialsArn: string;
  /** Parameters of the operation, as static texts or with selection expressions (`$request.body`). */
  readonly requestParameters: Readonly<Record<string, string>>;
}

/** `AWS::ApiGatewayV2::Authorizer` of the type JWT. */
export interface JwtAuthorizerModel extends OfApi {
  readonly id: string;
  readonly name: string;
  /** Where the token stands: `$request.header.Authorization`. */
  readonly identitySource: string;
  readonly issuer: string;
  readonly audience: readonly string[];
}

/** `AWS::ApiGatewayV2::Stage`. */
export interface StageModel extends OfApi {
  /** `$default` is served without its name in the path. */
  readonly name: string;
  readonly autoDeploy: boolean;
  readonly description?: string;
  readonly deploymentId?: string;
  readonly defaultThrottle: Throttle;
  /** By route key. */
  readonly routeThrottles: Readonly<Record<string, Throttle>>;
  readonly accessLog?: AccessLogSettings;
  readonly variables: Readonly<Record<string, string>>;
}

/** `AWS::ApiGateway::RestApi`, with its methods as routes. */
export interface RestApiModel extends DeclaredRestApi {
  readonly routes: readonly RestRouteModel[];
  readonly stages: readonly RestStageModel[];
}

/** A REST API, before its methods and stages are attached. */
export interface DeclaredRestApi extends Declared {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly url: string;
  readonly rootResourceId: string;
  /** Content types that functions get in Base64: `image/*`. */
  readonly binaryMediaTypes: readonly string[];
  readonly hasOwnAddress: boolean;
}

/** A method of a resource, by the whole path of the resource. */
export interface RestRouteModel {
  /** `GET /orders/{id}`. */
  readonly routeKey: string;
  readonly method: RestMethodModel;
}

/** `AWS::ApiGateway::Resource`. */
export interface RestResourceModel extends OfApi {
  readonly id: string;
  readonly parentId: string;
  readonly pathPart: string;
}

/** `AWS::ApiGateway::Method` with a Lambda proxy integration. */
export interface RestMethodModel extends OfApi {
  readonly resourceId: string;
  readonly httpMethod: string;
  readonly authorizationType: 'NONE' | 'AWS_IAM';
  readonly uri: string;
  readonly credentialsArn?: string;
  /** 50 and more: the limit of 29,000 can be raised. */
  readonly timeoutMs: number;
}

/** `AWS::ApiGateway::Stage`, or the stage that a deployment makes. Its throttles are by route key. */
export interface RestStageModel extends OfApi {
  readonly name: string;
  readonly deploymentId: string;
  readonly defaultThrottle: Throttle;
  readonly routeThrottles: Readonly<Record<string, Throttle>>;
  readonly accessLog?: AccessLogSettings;
  readonly variables: Readonly<Record<string, string>>;
}

/** Requests a second, and how many more at once. Undefined: those of the account. */
export interface Throttle {
  readonly rateLimit?: number;
  readonly burstLimit?: number;
}

export interface AccessLogSettings {
  readonly logGroupName: string;
  /** With `$context` variables. */
  readonly format: string;
}

/** What names the API that it belongs to. */
export interface OfApi extends Declared {
  readonly apiId: string;
  /** Where the template names the API. */
  readonly place: Place;
}

export const declaredRestApis = new ResourceList<DeclaredRestApi>();

export const declaredRestResources = new ResourceList<RestResourceModel>();

export const declaredRestMethods = new ResourceList<RestMethodModel>();

export const declaredRestStages = new ResourceList<RestStageModel>();

export const declaredHttpApis = new ResourceList<DeclaredHttpApi>();

export const declaredRoutes = new ResourceList<RouteModel>();

export const declaredIntegrations = new ResourceList<IntegrationModel>();

export const declaredAuthorizers = new ResourceList<JwtAuthorizerModel>();

export const declaredStages = new ResourceList<StageModel>();
