import { Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  type HttpRoute,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { httpRoutes } from '../shared/http-door.ts';
import type { Grouping } from '../shared/message-group.ts';
import { environmentNames } from '../shared/pipeline.ts';
import { bundledCode } from './bundle-function.ts';
import type { FunctionSettings } from './configuration/settings.ts';
import { letLogsUse, mayEncrypt } from './encryption-key.ts';
import { groupedBy } from './generate-orders.ts';
import type { Contribution } from './monitoring/contribution.ts';
import { accessLogFields, watchHttpDoor } from './monitoring/watch-http-door.ts';
import { type CommonFunctionProps, PipelineFunction } from './pipeline-function.ts';
import { removalPolicy } from './removal-policy.ts';

/** Settings of the door, with the units and limits of API Gateway's quotas ("Quotas for HTTP APIs"). */
export interface HttpDoorSettings {
  /** Takes orders into the queue: at most 29 s, because API Gateway waits for 30. */
  readonly acceptOrders: FunctionSettings;
  /** Answers what became of an order: at most 29 s. */
  readonly trackOrders: FunctionSettings;
  /** Requests a second, in the long run. More are answered with 429. The account has 10,000 for all its APIs. */
  readonly requestsPerSecond: number;
  /** Requests that may come at once. The account has 5,000. */
  readonly burst: number;
  /** An alarm goes off when one answer in a hundred takes as long as this, in milliseconds. */
  readonly slowMs: number;
}

/** Who may use the door. */
export type HttpAuthorization =
  /** Whoever signs the request and may `execute-api:Invoke` (`grantInvoke`). */
  | { readonly kind: 'iam' }
  /** Whoever has a token of this issuer, for one of the audiences. */
  | { readonly kind: 'jwt'; readonly issuer: string; readonly audience: readonly string[] }
  /** Everybody in the internet. @param reason a sentence that a reviewer would accept */
  | { readonly kind: 'open'; readonly reason: string };

/** What the door needs of a table of any kind. */
type DoorTable = Pick<Table, 'tableName' | 'tableArn' | 'encryptionKey'>;

export interface HttpDoorProps extends CommonFunctionProps {
  readonly settings: HttpDoorSettings;
  readonly authorization: HttpAuthorization;
  /** Where the orders go. */
  readonly orders: IQueue;
  /** What a message group is, if the queue is a FIFO queue. Default: an order. */
  readonly groupBy?: Grouping;
  /** Where it says what became of them. */
  readonly table: DoorTable;
}

/**
 * Orders by HTTP: an API of API Gateway, and two functions behind it, because who sends need not read. What it answers:
 * docs/http.md, docs/openapi.json.
 */
export class HttpDoor extends Construct {
  readonly api: HttpApi;
  readonly stage: HttpStage;
  readonly acceptOrders: PipelineFunction;
  readonly trackOrders: PipelineFunction;
  /** A line for each request. */
  readonly accessLogs: LogGroup;
  readonly monitored: Contribution;
  readonly #routes: readonly HttpRoute[];

  constructor(scope: Construct, id: string, props: HttpDoorProps) {
    super(scope, id);
    const { settings, authorization, orders, groupBy, table, ...common } = props;
    this.acceptOrders = acceptOrders(this, common, settings.acceptOrders, orders, groupBy);
    this.trackOrders = trackOrders(this, common, settings.trackOrders, table);
    this.accessLogs = this.#logGroup(common);
    this.api = new HttpApi(this, 'Api', {
      description: 'Takes orders, and tells what became of them.',
      createDefaultStage: false,
    });
    this.stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      autoDeploy: true,
      throttle: { rateLimit: settings.requestsPerSecond, burstLimit: settings.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(this.accessLogs),
        format: AccessLogFormat.custom(JSON.stringify(accessLogFields)),
      },
    });
    const accept = new HttpLambdaIntegration('AcceptOrders', this.acceptOrders.function);
    const track = new HttpLambdaIntegration('TrackOrders', this.trackOrders.function);
    const authorizer = authorizerOf(authorization);
    const routes = [
      { ...httpRoutes.accept, integration: accept },
      { ...httpRoutes.acceptBatch, integration: accept },
      { ...httpRoutes.track, integration: track },
    ];
    this.#routes = routes.flatMap(({ method, path, integration }) =>
      this.api.addRoutes({ path, methods: [HttpMethod[method]], integration, authorizer }),
    );
    if (authorization.kind === 'open') {
      for (const route of this.#routes) {
        Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason: authorization.reason });
      }
    }
    this.monitored = watchHttpDoor(this, settings);
  }

  /** The address of the door, without a slash at its end. */
  get url(): string {
    return this.api.apiEndpoint;
  }

  /** Lets a role or a user send requests, where the door asks for a signature. */
  grantInvoke(grantee: IGrantable): void {
    for (const route of this.#routes) route.grantInvoke(grantee);
  }

  #logGroup({ logRetention, retainData = false, encryptionKey }: CommonFunctionProps): LogGroup {
    if (encryptionKey !== undefined) letLogsUse(encryptionKey, this, 'the HTTP door');
    return new LogGroup(this, 'AccessLogs', {
      retention: logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy: removalPolicy(retainData),
      ...(encryptionKey !== undefined && { encryptionKey }),
    });
  }
}

function authorizerOf(authorization: HttpAuthorization): IHttpRouteAuthorizer {
  switch (authorization.kind) {
    case 'iam':
      return new HttpIamAuthorizer();
    case 'jwt':
      return new HttpJwtAuthorizer('Jwt', authorization.issuer, { jwtAudience: [...authorization.audience] });
    case 'open':
      return new HttpNoneAuthorizer();
  }
}

function acceptOrders(
  scope: Construct,
  common: CommonFunctionProps,
  settings: FunctionSettings,
  orders: IQueue,
  groupBy?: Grouping,
) {
  const accepting = new PipelineFunction(scope, 'AcceptOrders', {
    ...common,
    settings,
    name: 'accept-orders',
    code: bundledCode('lambdas/accept-orders/handler.ts'),
    description: 'Takes orders that come by HTTP into the orders queue.',
    environment: { [environmentNames.ordersQueueUrl]: orders.queueUrl, ...groupedBy(groupBy) },
    permissions: [
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [orders.queueArn] }),
      ...(orders.encryptionMasterKey === undefined ? [] : [mayEncrypt(orders.encryptionMasterKey)]),
    ],
  });
  return calledByHttp(accepting);
}

function trackOrders(scope: Construct, common: CommonFunctionProps, settings: FunctionSettings, table: DoorTable) {
  const tracking = new PipelineFunction(scope, 'TrackOrders', {
    ...common,
    settings,
    name: 'track-orders',
    code: bundledCode('lambdas/track-orders/handler.ts'),
    description: 'Tells what became of an order.',
    environment: { [environmentNames.ordersTableName]: table.tableName },
    // The rows of the table, and not its indexes.
    permissions: [new PolicyStatement({ actions: ['dynamodb:Query'], resources: [table.tableArn] })],
    decrypts: [table.encryptionKey],
  });
  return calledByHttp(tracking);
}

function calledByHttp(fn: PipelineFunction): PipelineFunction {
  Validations.of(fn.function).acknowledge({
    id: 'Serverless-LambdaDLQ',
    reason: 'For asynchronous invocations, and API Gateway invokes synchronously: it would never be used.',
  });
  return fn;
}
