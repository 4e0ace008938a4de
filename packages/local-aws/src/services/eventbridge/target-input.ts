import { isObject } from '../../endpoint/json.ts';
import type { BusEvent } from './bus-event.ts';
import { parseJsonPath, valueAt } from './json-path.ts';
import type { InputTransformer, RuleTarget } from './model.ts';

/** What the reserved variables of a template say (EventBridge User Guide, "Predefined variables"). */
export interface TargetContext {
  readonly ruleArn: string;
  readonly ruleName: string;
  /** When EventBridge got the event, epoch milliseconds. */
  readonly ingestedAtMs: number;
}

/**
 * What a target gets of an event: the event, a constant (`Input`), a part of the event (`InputPath`), or a text made of
 * parts (`InputTransformer`). A text that is not JSON goes out as it is. Undefined when the variables have broken a
 * template that is a JSON object: the target gets nothing then.
 */
export function inputFor(target: RuleTarget, event: BusEvent, context: TargetContext): string | undefined {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined)
    return JSON.stringify(valueAt(parseJsonPath(target.InputPath) ?? [], event) ?? null);
  if (target.InputTransformer !== undefined) return transform(target.InputTransformer, event, context);
  return JSON.stringify(event);
}

const reserved: Readonly<Record<string, (event: BusEvent, context: TargetContext) => unknown>> = {
  'aws.events.rule-arn': (_event, { ruleArn }) => ruleArn,
  'aws.events.rule-name': (_event, { ruleName }) => ruleName,
  'aws.events.event.ingestion-time': (_event, { ingestedAtMs }) => new Date(ingestedAtMs).toISOString(),
  // Without hyphen in `detailType`, and in this order (recorded by LocalStack, test_input_transformer_predefined_variables).
  'aws.events.event': ({ id, account, 'detail-type': detailType, time, source, region, resources, version }) => ({
    id,
    account,
    detailType,
    time,
    source,
    region,
    resources,
    version,
  }),
  'aws.events.event.json': (event) => event,
};

const placeholder = /<([\w.-]+)>/g;

/**
 * Fills in a template. A variable that stands alone becomes JSON, so that a text gets its quotes; within quotes it
 * becomes the text itself. A list or an object within quotes loses its own quotes in a template of texts, and keeps them
 * in one that is a JSON object. A variable whose path leads nowhere is an empty text. Recorded by LocalStack,
 * test_events_inputs.py: test_input_transformer_nested_keys_replacement, its `_not_valid` twin, and
 * test_put_events_with_input_transformer_input_template_json.
 */
function transform(
  { InputPathsMap: paths = {}, InputTemplate: template }: InputTransformer,
  event: BusEvent,
  context: TargetContext,
) {
  const isObjectTemplate = template.trimStart().startsWith('{');
  let isQuoted = false;
  const filled = template.replaceAll(/\\.|"|<([\w.-]+)>/gs, (part: string, name: string | undefined) => {
    if (part === '"') isQuoted = !isQuoted;
    if (name === undefined) return part;
    const path = Object.hasOwn(paths, name) ? paths[name] : undefined;
    const found = Object.hasOwn(reserved, name)
      ? reserved[name]?.(event, context)
      : valueAt(parseJsonPath(path ?? '') ?? [], event);
    const value = found ?? '';
    if (!isQuoted) return JSON.stringify(value);
    // Within quotes the text is escaped, so that the result stays JSON.
    if (typeof value === 'string') return JSON.stringify(value).slice(1, -1);
    return isObjectTemplate ? JSON.stringify(value) : JSON.stringify(value).replaceAll('"', '');
  });
  return isObjectTemplate && !isJson(filled) ? undefined : filled;
}

/**
 * What keeps the input settings of a target from being used; undefined when all is well. Two texts are recorded by
 * LocalStack, test_events_inputs.py: that only one kind of input may be given, and that of an invalid placeholder. That
 * of an input that is no JSON is AWS's up to the place in the text (ansible-collections/community.aws, issue 201). The
 * other ones are chosen here.
 */
export function inputProblem({
  Id: id,
  Input,
  InputPath,
  InputTransformer: transformer,
}: RuleTarget): string | undefined {
  if ([Input, InputPath, transformer].filter((one) => one !== undefined).length > 1) {
    return `Only one of Input, InputPath, or InputTransformer must be provided for target ${id}.`;
  }
  if (Input !== undefined && !isJson(Input)) return `JSON syntax error in input for target ${id}`;
  if (InputPath !== undefined && parseJsonPath(InputPath) === undefined) return `Invalid InputPath for target ${id}.`;
  return transformer && transformerProblem(id, transformer);
}

function transformerProblem(id: string, { InputPathsMap: paths = {}, InputTemplate: template }: InputTransformer) {
  const wrong = Object.entries(paths).find(([, path]) => parseJsonPath(path) === undefined);
  if (wrong !== undefined)
    return `Invalid InputPathsMap for target ${id}: ${wrong[1]} of ${wrong[0]} is not a JSON path.`;
  if (Object.keys(paths).length > 100) return `InputPathsMap for target ${id} has more than 100 variables.`;
  // "The keys can't start with AWS" (API reference of InputTransformer).
  const taken = Object.keys(paths).find((name) => name.startsWith('AWS') || name.startsWith('aws.'));
  if (taken !== undefined) return `InputPathsMap for target ${id} contains the reserved name ${taken}.`;
  for (const [, name = ''] of template.matchAll(placeholder)) {
    if (Object.hasOwn(paths, name) || Object.hasOwn(reserved, name)) continue;
    return `InputTemplate for target ${id} contains invalid placeholder ${name}.`;
  }
  return isTemplate(template)
    ? undefined
    : `Invalid InputTemplate for target ${id}: it is neither JSON nor lines of quoted text.`;
}

/** JSON once the variables have values, or lines of quoted texts, or a variable alone. */
function isTemplate(template: string): boolean {
  let isQuoted = false;
  const filled = template.replaceAll(/\\.|"|<([\w.-]+)>/gs, (part: string, name: string | undefined) => {
    if (part === '"') isQuoted = !isQuoted;
    return name === undefined ? part : isQuoted ? '' : '0';
  });
  return isJson(filled) || filled.split('\n').every((line) => line.trim() === '' || isJson(line));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether a value has the form of a transformer, which is all that is checked. */
export function isTransformer(value: unknown): value is InputTransformer {
  if (!isObject(value) || typeof value['InputTemplate'] !== 'string') return false;
  const { InputPathsMap: paths = {} } = value;
  return isObject(paths) && Object.values(paths).every((path) => typeof path === 'string');
}
