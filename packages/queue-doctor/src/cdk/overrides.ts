import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CfnResource, Stack, StackSynthesizer, Token } from 'aws-cdk-lib';
import { CloudAssemblyBuilder } from 'aws-cdk-lib/cx-api';

/**
 * Answers what a property of a resource is set to: `value`, which the construct has, or a token when nobody can know.
 *
 * @param property name in CloudFormation, as in `VisibilityTimeout`
 */
export type Given = (resource: CfnResource, property: string, value: unknown) => unknown;

/** Trusts the constructs. */
export const asConstructed: Given = (_resource, _property, value) => value;

/**
 * Compares the constructs with the stack's template. They differ where `addPropertyOverride` has changed something
 * that the construct does not know; such a property is unknown. Every stack is rendered once, at its first question.
 */
export function asDeployed(): Given {
  const templates = new Map<Stack, Template>();
  return (resource, property, value) => {
    const stack = Stack.of(resource);
    const template = templates.get(stack) ?? renderTemplate(stack);
    templates.set(stack, template);
    const logicalId = stack.resolve(resource.logicalId) as string;
    const deployed = template.Resources?.[logicalId]?.Properties?.[property];
    return canonical(deployed) === canonical(stack.resolve(value)) ? value : unknown;
  };
}

const unknown = Token.asAny({ resolve: () => undefined });

interface Template {
  readonly Resources?: Readonly<Record<string, { readonly Properties?: Readonly<Record<string, unknown>> }>>;
}

/** The template as CloudFormation will get it. The output folder of the app and its assets are not touched. */
function renderTemplate(stack: Stack): Template {
  const folder = mkdtempSync(join(tmpdir(), 'queue-doctor-'));
  try {
    return new TemplateReader(stack).read(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A synthesizer beside the stack's own: it can write the template, and takes no part in the app's synthesis. */
class TemplateReader extends StackSynthesizer {
  constructor(stack: Stack) {
    super();
    this.bind(stack);
  }

  read(folder: string): Template {
    const { fileName } = this.synthesizeTemplate({ outdir: folder, assembly: new CloudAssemblyBuilder(folder) });
    return JSON.parse(readFileSync(join(folder, fileName!), 'utf8')) as Template;
  }

  override addFileAsset(): never {
    throw new Error('TemplateReader adds no assets.');
  }

  override addDockerImageAsset(): never {
    throw new Error('TemplateReader adds no assets.');
  }

  override synthesize(): void {}
}

/**
 * A value as text to compare: constructs begin the names of nested properties with a small letter where templates may
 * have a capital one, and templates leave out what is empty.
 */
function canonical(value: unknown): string {
  return JSON.stringify(withoutEmpty(value) ?? null);
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  const entries = Object.entries(value)
    .map(([key, each]) => [key.charAt(0).toLowerCase() + key.slice(1), withoutEmpty(each)] as const)
    .filter(([, each]) => each !== undefined)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
