import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { TemporaryFolder } from 'local-aws';
import { contextKeys } from '../../lib/configuration/context-keys.ts';
import { createApp } from '../../lib/order-pipeline-app.ts';

/** Where the tests of one file synthesize to: it goes with them, which the CDK's own temporary folders do not. */
const folder = new TemporaryFolder('order-pipeline-synth-');
afterAll(() => folder[Symbol.dispose]());

/** A folder for one app's cloud assembly. */
export const newOutputFolder = (): string => mkdtempSync(join(folder.path, 'cdk.out-'));

/** Whatever the owner of the stack has fixed in cdk.json, the tests are of the presets. */
export const noOptions = Object.fromEntries(contextKeys.map((key) => [key, undefined]));

/**
 * The template of a preset, with options as `-c` gives them, without bundling the functions: their code's keys are
 * masked.
 */
export function synthesize(preset?: string, options: Readonly<Record<string, string>> = {}): Template {
  const context = { ...noOptions, 'aws:cdk:bundling-stacks': [], ...(preset !== undefined && { preset }), ...options };
  return Template.fromStack(createApp({ context, outdir: newOutputFolder() }).stack);
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A template to compare with a snapshot: asset hashes change with every edit of a handler. */
export function maskAssets(template: Template): Json {
  return JSON.parse(JSON.stringify(template.toJSON()).replaceAll(/[\da-f]{64}\.zip/g, 'ASSET.zip')) as Json;
}
