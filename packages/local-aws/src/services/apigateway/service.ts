import { randomBytes } from 'node:crypto';
import type { RestService } from '../../endpoint/api.ts';
import { managementApi } from './management-api.ts';
import type { AssemblyModel } from '../../assembly/model.ts';
import type { RunningService, Service, ServiceContext } from '../../service.ts';
import { EventBridgeService } from '../eventbridge/service.ts';
import type { IamModel } from '../iam/model.ts';
import type { FunctionUrlModel, LambdaModel } from '../lambda/model.ts';
import { LogsService } from '../logs/service.ts';
import { RunningLambda } from '../lambda/service.ts';
import { SqsService } from '../sqs/service.ts';
import { namesOrigin } from './cors.ts';
import { serveFunctionUrl } from './function-url.ts';
import { createFront, type Target } from './front.ts';
import { type GatewayParts, serveHttpApi } from './http-api.ts';
import { JwtVerifier } from './jwt.ts';
import type { ApiGatewayModel, HttpApiModel, RestApiModel } from './model.ts';
import { apiGatewayResourceTypes, readApiGatewayModel } from './read-model.ts';
import { serveRestApi } from './rest-api.ts';
import { Throttling } from './throttling.ts';

type ServedModel = ApiGatewayModel & IamModel & LambdaModel;

/** API Gateway, running: one server for all APIs, which listens while there are any. */
export class ApiGatewayService implements RunningService<ServedModel> {
  readonly rest: RestService;
  readonly #context: ServiceContext;
  readonly #parts: Omit<GatewayParts, 'roles'>;
  #model: ServedModel;
  #targets = new Map<string, Target>();
  #changedAt: Date;

  constructor(model: ServedModel, context: ServiceContext) {
    const { clock, running } = context;
    this.#context = context;
    this.#model = model;
    this.#parts = {
      ...context,
      functions: running(RunningLambda).functions,
      sqs: running(SqsService),
      eventBridge: running(EventBridgeService),
      logs: running(LogsService),
      throttling: new Throttling(clock),
      jwt: new JwtVerifier(clock),
      newRequestId: () => randomBytes(11).toString('base64'),
    };
    this.#setTargets();
    this.#changedAt = new Date(clock.now());
    const { region, accountId } = context;
    const changedAt = () => this.#changedAt;
    this.rest = managementApi({ model: () => this.#model, region, accountId, changedAt });
  }

  /** Opens the door when something stands behind it. */
  async start(): Promise<void> {
    if (this.#targets.size > 0) await this.#open();
  }

  /** @throws {LocalRuntimeError} `PORT_TAKEN` when an app without APIs gets one, and its port is gone */
  async prepare(next: AssemblyModel & ServedModel): Promise<void> {
    if (next.httpApis.length + next.restApis.length + next.functionUrls.length > 0) await this.#open();
  }

  async update(next: AssemblyModel & ServedModel): Promise<void> {
    this.#model = next;
    this.#changedAt = new Date(this.#context.clock.now());
    this.#setTargets();
    if (this.#targets.size === 0) await this.#context.door.close();
  }

  async close(): Promise<void> {
    await this.#context.door.close();
  }

  async #open(): Promise<void> {
    const { door, clock, events } = this.#context;
    if (door.isOpen) return;
    const report = (error: unknown) => {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      events.emit({ type: 'notice', atMs: clock.now(), level: 'error', message });
    };
    await door.open(createFront({ port: door.port, clock, find: (id) => this.#targets.get(id), report }));
  }

  #setTargets(): void {
    const { httpApis, restApis, functionUrls } = this.#model;
    const targets = [
      ...httpApis.map((api) => this.#httpApi(api)),
      ...restApis.map((api) => this.#restApi(api)),
      ...functionUrls.map((url) => this.#functionUrl(url)),
    ];
    this.#targets = new Map(targets.map((target) => [target.id, target]));
  }

  /** REST APIs have no CORS configuration: pages of other sites do not get in. */
  #restApi(api: RestApiModel): Target {
    const { region } = this.#context;
    return {
      id: api.id,
      hostName: `${api.id}.execute-api.${region}.localhost`,
      allowsOrigin: () => false,
      serve: (request) => serveRestApi(api, request, { ...this.#parts, roles: this.#model.roles }),
    };
  }

  #functionUrl(url: FunctionUrlModel): Target {
    const { region } = this.#context;
    return {
      id: url.id,
      hostName: `${url.id}.lambda-url.${region}.localhost`,
      allowsOrigin: (origin) => namesOrigin(url.cors, origin),
      serve: (request) => serveFunctionUrl(url, request, { ...this.#parts, roles: this.#model.roles }),
    };
  }

  #httpApi(api: HttpApiModel): Target {
    const { region } = this.#context;
    return {
      id: api.id,
      hostName: `${api.id}.execute-api.${region}.localhost`,
      allowsOrigin: (origin) => namesOrigin(api.cors, origin),
      serve: (request, signal) => serveHttpApi(api, request, { ...this.#parts, roles: this.#model.roles }, signal),
    };
  }
}

export const apiGateway: Service<ServedModel> = {
  actionPrefix: 'execute-api',
  principal: 'apigateway.amazonaws.com',
  resourceTypes: apiGatewayResourceTypes,
  readModel: readApiGatewayModel,
  async start(model, context) {
    const service = new ApiGatewayService(model, context);
    await service.start();
    return service;
  },
};
