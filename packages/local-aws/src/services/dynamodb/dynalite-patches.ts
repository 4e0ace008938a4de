import conditionParser from 'dynalite/db/conditionParser.js';
import database from 'dynalite/db/index.js';
import updateParser, { type Parse, type ParserContext } from 'dynalite/db/updateParser.js';
import deleteItem from 'dynalite/validations/deleteItem.js';
import validations from 'dynalite/validations/index.js';
import putItem from 'dynalite/validations/putItem.js';
import tagResource from 'dynalite/validations/tagResource.js';
import updateItem from 'dynalite/validations/updateItem.js';

type Values = Readonly<Record<string, object>>;
/** Makes the tree of an expression with the values of another request in it. */
type Plant = (values: Values) => unknown;

interface Known {
  readonly plant: Plant;
  readonly usedNames: readonly string[];
  readonly usedValues: readonly string[];
}

/** Programs have few expressions; those who write values into them have many, and then all are forgotten at once. */
const knownAtMost = 1_000;

/**
 * Lets dynalite parse an expression once, not for every request: that was half of what a conditional write cost it.
 * This relies on the inside of the version in package.json.
 */
export function rememberExpressions(): void {
  for (const parser of [conditionParser, updateParser]) parser.parse = remembering(parser.parse);
}

/**
 * The same parser with a memory. A tree depends on the expression, the names and the types of the values; where it
 * depends on the values themselves (bounds in the wrong order, the name of a type), and where the expression is wrong,
 * it is parsed every time.
 */
export function remembering(parse: Parse): Parse {
  const memory = new Map<string, Known>();
  return (expression, { context }) => {
    if (/between|attribute_type/i.test(expression)) return parse(expression, { context });
    const { attrNames = {}, attrVals = {}, unusedAttrNames, unusedAttrVals } = context;
    const types = Object.entries(attrVals).map(([name, value]) => [name, ...Object.keys(value)]);
    const key = JSON.stringify([expression, attrNames, types]);
    let known = memory.get(key);
    if (known === undefined) {
      known = learn(parse, expression, context);
      if (memory.size >= knownAtMost) memory.clear();
      memory.set(key, known);
    }
    for (const name of known.usedNames) delete unusedAttrNames[name];
    for (const name of known.usedValues) delete unusedAttrVals[name];
    return known.plant(attrVals);
  };
}

/** @throws the parser's own error for an expression that is wrong */
function learn(parse: Parse, expression: string, context: ParserContext): Known {
  const { attrNames = {}, attrVals = {} } = context;
  const [unusedAttrNames, unusedAttrVals] = [allOf(attrNames), allOf(attrVals)];
  const tree = parse(expression, { context: { ...context, unusedAttrNames, unusedAttrVals } });
  return {
    plant: plantOf(tree, new Map(Object.entries(attrVals).map(([name, value]) => [value, name]))),
    usedNames: Object.keys(attrNames).filter((name) => !(name in unusedAttrNames)),
    usedValues: Object.keys(attrVals).filter((name) => !(name in unusedAttrVals)),
  };
}

function allOf(record: Readonly<Record<string, unknown>>): Record<string, true> {
  return Object.fromEntries(Object.keys(record).map((name) => [name, true] as const));
}

/** Copies all but the values: dynalite writes into its trees. */
function plantOf(node: unknown, nameOf: ReadonlyMap<object, string>): Plant {
  if (typeof node !== 'object' || node === null) return () => node;
  const name = nameOf.get(node);
  if (name !== undefined) return (values) => values[name];
  if (Array.isArray(node)) {
    const items = node.map((item) => plantOf(item, nameOf));
    return (values) => items.map((plant) => plant(values));
  }
  const prototype = Object.getPrototypeOf(node) as object | null;
  const members = Object.entries(node).map(([member, value]) => [member, plantOf(value, nameOf)] as const);
  return (values) => {
    const copy = Object.create(prototype) as Record<string, unknown>;
    for (const [member, plant] of members) copy[member] = plant(values);
    return copy;
  };
}

/**
 * Keeps dynalite alive on input of an unexpected shape (a null in a list, an item that is none), at which its checks
 * trip: it would end, and take all tables with it. DynamoDB answers such input with a `SerializationException`, and so
 * does dynalite now. Its checks run before anything is read or written; this relies on their names in the version in
 * package.json.
 */
export function refuseMalformedInput(): void {
  // A tag without one of them passes dynalite's checks and stops its store.
  const text = { type: 'String', notNull: true };
  tagResource.types['Tags'] = {
    type: 'List',
    children: { type: 'ValueStruct<Tag>', notNull: true, children: { Key: text, Value: text } },
  };
  for (const name of ['checkTypes', 'checkValidations'] as const) {
    const check = validations[name];
    validations[name] = (...args) => {
      try {
        return check(...args);
      } catch (error) {
        throw error instanceof Error && !('statusCode' in error) ? refusal() : error;
      }
    };
  }
}

/** An error as dynalite's own checks throw it: the status and the document of the answer. */
function refusal(): Error {
  const message = 'The request has a value where DynamoDB expects one of another type.';
  const body = { __type: 'com.amazon.coral.service#SerializationException', Message: message };
  return Object.assign(new Error(message), { statusCode: 400, body });
}

/**
 * Teaches dynalite `ReturnValuesOnConditionCheckFailure`, which it drops: with `ALL_OLD` the error carries the item that
 * the condition was checked against (DynamoDB API reference, `ConditionalCheckFailedException`). Its condition check is
 * the one place where that item is at hand, so this relies on the inside of the version in package.json.
 */
export function returnItemOfFailedCondition(): void {
  for (const { types } of [deleteItem, putItem, updateItem]) {
    types['ReturnValuesOnConditionCheckFailure'] = { type: 'String', enum: ['ALL_OLD', 'NONE'] };
  }
  const { checkConditional } = database;
  database.checkConditional = (input, item) => {
    const failure = checkConditional(input, item);
    if (failure && item !== undefined && input['ReturnValuesOnConditionCheckFailure'] === 'ALL_OLD') {
      failure.body['Item'] = item;
    }
    return failure;
  };
}
