import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesize } from './synthesize.ts';

/** A resource of a template, which may be changed. */
export interface TemplateResource<Properties extends object> {
  readonly Type: string;
  readonly Properties: Properties;
}

/**
 * Synthesizes the project's own stack, production preset, and has `change` look at each of its resources. What it
 * leaves alone is as in production.
 *
 * @param folder receives the cloud assembly
 * @throws {SynthesisFailed} with the CDK app's error
 */
export async function synthesizeProduction<Properties extends object>(
  folder: string,
  signal: AbortSignal,
  change: (resource: TemplateResource<Properties>) => void,
): Promise<void> {
  await synthesize({ outputDirectory: folder, context: { preset: 'production' }, signal });
  const file = join(folder, 'OrderPipeline.template.json');
  const template = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly Resources: Readonly<Record<string, TemplateResource<Properties>>>;
  };
  for (const resource of Object.values(template.Resources)) change(resource);
  writeFileSync(file, JSON.stringify(template));
}
