import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AssemblyModel } from '../../assembly/model.ts';
import type { RpcService } from '../../endpoint/api.ts';
import { ProcessGuard } from '../../processes.ts';
import type { RunningService, Service, ServiceContext } from '../../service.ts';
import type { IamModel } from '../iam/model.ts';
import { ecsApi } from './api.ts';
import { CredentialsServer } from './credentials-server.ts';
import { layOut } from './image-files.ts';
import type { ContainerImage, ContainerServiceModel, EcsModel, TaskDefinitionModel } from './model.ts';
import { ecsResourceTypes, readEcsModel } from './resources.ts';
import { checkTaskRoles } from './roles.ts';
import { ServiceScheduler } from './scheduler.ts';
import type { TaskContext } from './task.ts';

type ServedModel = EcsModel & IamModel;

/** ECS, running: the services' tasks as processes of this machine. */
export class EcsService implements RunningService<ServedModel> {
  readonly rpc: RpcService;
  readonly #context: ServiceContext;
  readonly #guard = new ProcessGuard();
  readonly #credentials: CredentialsServer;
  #model: EcsModel;
  #services: readonly ServiceScheduler[] = [];

  constructor(model: ServedModel, context: ServiceContext) {
    const { region, accountId, credentials, clock } = context;
    this.#context = context;
    this.#model = model;
    this.#credentials = new CredentialsServer(credentials, clock);
    this.rpc = ecsApi({
      model: () => this.#model,
      services: () => this.#services,
      clusterArnPrefix: `arn:aws:ecs:${region}:${accountId}:cluster/`,
    });
  }

  /** The services with their tasks. */
  services(): readonly ServiceScheduler[] {
    return this.#services;
  }

  async start(): Promise<void> {
    await this.#begin(this.#model);
  }

  async update(next: AssemblyModel & ServedModel): Promise<void> {
    const gone = this.#services.filter(({ model }) => !next.containerServices.some(({ arn }) => arn === model.arn));
    this.#services = this.#services.filter((service) => !gone.includes(service));
    await Promise.all(gone.map((service) => service.close('The service was deleted.')));
    await this.#begin(next);
  }

  async close(): Promise<void> {
    await Promise.all(this.#services.map((service) => service.close('The runtime ends.')));
    await Promise.all([this.#credentials.close(), this.#guard.close()]);
  }

  /** Starts the services that are new, and tells the others what has changed. */
  async #begin(model: EcsModel): Promise<void> {
    this.#model = model;
    if (model.containerServices.length === 0) return;
    if (this.#services.length === 0) this.#guard.start();
    await this.#credentials.start();
    for (const one of model.containerServices) {
      const definition = definitionOf(one, model);
      const running = this.#services.find((service) => service.model.arn === one.arn);
      for (const { image } of definition.containers) layOutOnce(image, this.#rootOf(image));
      if (running === undefined) {
        const service = new ServiceScheduler(one, this.#taskContext());
        this.#services = [...this.#services, service];
        await service.start(definition);
      } else await running.take(one, definition);
    }
  }

  #taskContext(): TaskContext {
    const rootOf: TaskContext['rootOf'] = ({ image }) => this.#rootOf(image);
    return { ...this.#context, guard: this.#guard, credentials: this.#credentials, rootOf };
  }

  /** The folder of an asset is named by its content, so that another content has another root. */
  #rootOf(image: ContainerImage): string {
    const name = createHash('sha256').update(JSON.stringify(image)).digest('hex').slice(0, 16);
    return join(this.#context.directory, 'images', name);
  }
}

function layOutOnce(image: ContainerImage, root: string): void {
  if (!existsSync(root)) layOut(image, root);
}

function definitionOf(
  { taskDefinitionArn }: ContainerServiceModel,
  { taskDefinitions }: EcsModel,
): TaskDefinitionModel {
  const found = taskDefinitions.find(({ arn, family }) => arn === taskDefinitionArn || family === taskDefinitionArn);
  if (found === undefined) throw new Error(`No task definition ${taskDefinitionArn}.`);
  return found;
}

export const ecs: Service<ServedModel> = {
  actionPrefix: 'ecs',
  resourceTypes: ecsResourceTypes,
  readModel: readEcsModel,
  validate: checkTaskRoles,
  async start(model, context) {
    const service = new EcsService(model, context);
    await service.start();
    return service;
  },
};
