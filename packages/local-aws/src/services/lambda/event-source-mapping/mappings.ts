import { isDeepStrictEqual } from 'node:util';
import type { RestRoute } from '../../../endpoint/api.ts';
import type { MappingModel } from '../model.ts';
import { mappingRoutes } from './api.ts';
import type { MappingContext } from './deliver.ts';
import { EventSourceMapping } from './event-source-mapping.ts';
import type { SourceQueue } from './source-queue.ts';

export interface MappingServiceOptions extends Omit<MappingContext, 'queue'> {
  readonly mappings: readonly MappingModel[];
  readonly accountId: string;
  /** The queue of that ARN; the model guarantees that it exists. */
  readonly queueOf: (queueArn: string) => SourceQueue;
}

/** All event source mappings of the model, and the part of the Lambda API that looks after them. */
export class MappingService {
  readonly routes: readonly RestRoute[];
  readonly #options: MappingServiceOptions;
  readonly #mappings = new Map<string, EventSourceMapping>();
  /** The template's mappings as they were last applied, by UUID. */
  #template: ReadonlyMap<string, MappingModel>;

  constructor(options: MappingServiceOptions) {
    this.#options = options;
    this.routes = mappingRoutes(this);
    this.#template = new Map(options.mappings.map((model) => [model.uuid, model]));
    for (const model of options.mappings) this.#add(model);
  }

  get mappings(): readonly EventSourceMapping[] {
    return [...this.#mappings.values()];
  }

  functionArn(functionName: string): string {
    const { region, accountId } = this.#options;
    return `arn:aws:lambda:${region}:${accountId}:function:${functionName}`;
  }

  /**
   * Ends the mappings that are no longer there, or that another queue or function takes the place of; resolves when
   * their batches have ended. To be called before those queues and functions go.
   */
  async retire(models: readonly MappingModel[]): Promise<void> {
    const wanted = new Map(models.map((model) => [model.uuid, model]));
    await Promise.all(
      [...this.#mappings].map(async ([uuid, mapping]) => {
        const model = wanted.get(uuid);
        const { queueArn, functionName } = mapping.model;
        if (model?.queueArn === queueArn && model.functionName === functionName) return;
        this.#mappings.delete(uuid);
        await mapping.close();
      }),
    );
  }

  /**
   * Takes on the mappings of a changed template, after `retire`: changed ones change, new ones start. What a client has
   * updated stays, unless the template changed the same mapping since it was last applied.
   */
  async update(models: readonly MappingModel[]): Promise<void> {
    const former = this.#template;
    this.#template = new Map(models.map((model) => [model.uuid, model]));
    await Promise.all(
      models.map(async (model) => {
        const mapping = this.#mappings.get(model.uuid);
        if (mapping === undefined) this.#add(model);
        else if (!isDeepStrictEqual(model, former.get(model.uuid))) await mapping.update(model);
      }),
    );
  }

  /** Stops polling; resolves when the functions are done with what they were given. */
  async close(): Promise<void> {
    await Promise.all(this.mappings.map((mapping) => mapping.abandon()));
  }

  #add(model: MappingModel): void {
    const queue = this.#options.queueOf(model.queueArn);
    this.#mappings.set(model.uuid, new EventSourceMapping(model, { ...this.#options, queue }));
  }
}
