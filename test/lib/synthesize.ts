import { Template } from 'aws-cdk-lib/assertions';
import { createApp } from '../../lib/order-pipeline-app.ts';

/** The template of a preset, without bundling the functions: their code's keys are masked. */
export function synthesize(preset?: string): Template {
  const context = { 'aws:cdk:bundling-stacks': [], ...(preset !== undefined && { preset }) };
  return Template.fromStack(createApp({ context }).stack);
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A template to compare with a snapshot: asset hashes change with every edit of a handler. */
export function maskAssets(template: Template): Json {
  return JSON.parse(JSON.stringify(template.toJSON()).replaceAll(/[\da-f]{64}\.zip/g, 'ASSET.zip')) as Json;
}
