import type { RestService } from '../endpoint/service.ts';
import type { MappingModel } from '../model.ts';
import { EventSourceMapping, type MappingEnvironment } from './event-source-mapping.ts';
import { mappingRoutes } from './rest/routes.ts';
import type { SourceQueue } from './source-queue.ts';

export interface MappingServiceOptions extends Omit<MappingEnvironment, 'queue'> {
  readonly mappings: readonly MappingModel[];
  readonly accountId: string;
  /** The queue of that ARN; the model guarantees that it exists. */
  readonly queueOf: (queueArn: string) => SourceQueue;
}

/** All event source mappings of the model, and the part of the Lambda API that looks after them. */
export class MappingService {
  readonly rest: RestService;
  readonly #options: MappingServiceOptions;
  readonly #mappings = new Map<string, EventSourceMapping>();

  constructor(options: MappingServiceOptions) {
    this.#options = options;
    this.rest = { signingName: 'lambda', routes: mappingRoutes(this) };
    for (const model of options.mappings) this.#add(model);
  }

  get mappings(): readonly EventSourceMapping[] {
    return [...this.#mappings.values()];
  }

  functionArn(functionName: string): string {
    const { region, accountId } = this.#options;
    return `arn:aws:lambda:${region}:${accountId}:function:${functionName}`;
  }

  /** Takes on a new model: changed mappings change, new ones start, those no longer there stop. */
  async update(models: readonly MappingModel[]): Promise<void> {
    const wanted = new Map(models.map((model) => [model.uuid, model]));
    await Promise.all(
      [...this.#mappings].map(async ([uuid, mapping]) => {
        const model = wanted.get(uuid);
        if (model === undefined || model.queueArn !== mapping.model.queueArn) {
          this.#mappings.delete(uuid);
          await mapping.close();
        } else if (JSON.stringify(model) !== JSON.stringify(mapping.model)) await mapping.update(model);
      }),
    );
    for (const model of models) if (!this.#mappings.has(model.uuid)) this.#add(model);
  }

  /** Stops polling; resolves when the batches in progress have ended. */
  async close(): Promise<void> {
    await Promise.all(this.mappings.map((mapping) => mapping.close()));
  }

  #add(model: MappingModel): void {
    const queue = this.#options.queueOf(model.queueArn);
    this.#mappings.set(model.uuid, new EventSourceMapping(model, { ...this.#options, queue }));
  }
}
