import type { Comparison, JsonCondition, Operand, Selector } from './json-pattern.ts';

/** False for a message that is not a JSON object. */
export function matchesJson(condition: JsonCondition, message: string): boolean {
  if (!message.trimStart().startsWith('{')) return false;
  try {
    return holds(condition, JSON.parse(message) as unknown);
  } catch {
    return false;
  }
}

function holds(condition: JsonCondition, document: unknown): boolean {
  switch (condition.kind) {
    case 'and':
      return holds(condition.left, document) && holds(condition.right, document);
    case 'or':
      return holds(condition.left, document) || holds(condition.right, document);
    case 'is':
      return select(document, condition.selector).includes(condition.value);
    case 'not-exists':
      return select(document, condition.selector).length === 0;
    case 'compare':
      return select(document, condition.selector).some((value) => compare(value, condition.operator, condition.value));
  }
}

/** The values that the selector reaches: none where it leads nowhere, several through `[*]`. */
function select(document: unknown, selector: Selector): unknown[] {
  let values: unknown[] = [document];
  for (const part of selector) {
    values = values.flatMap((value) => {
      if (typeof value !== 'object' || value === null) return [];
      if (Array.isArray(value)) return part === '*' ? (value as unknown[]) : elementOf(value as unknown[], part);
      return Object.hasOwn(value, part) ? [(value as Record<string, unknown>)[part]] : [];
    });
  }
  return values;
}

function elementOf(array: readonly unknown[], index: string | number): unknown[] {
  return typeof index === 'number' && index < array.length ? [array[index]] : [];
}

/**
 * Only values can be compared: where the selector reaches an object, an array, null or nothing, neither `=` nor `!=`
 * matches ("The selector must point to a value node").
 */
function compare(value: unknown, operator: Comparison, operand: Operand): boolean {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return false;
  if (operand.number !== undefined && typeof value === 'number') return compareNumbers(value, operator, operand.number);
  if (operator === '=') return equalsText(String(value), operand);
  return operator === '!=' && !equalsText(String(value), operand);
}

function compareNumbers(value: number, operator: Comparison, operand: number): boolean {
  switch (operator) {
    case '=':
      return value === operand;
    case '!=':
      return value !== operand;
    case '<':
      return value < operand;
    case '<=':
      return value <= operand;
    case '>':
      return value > operand;
    case '>=':
      return value >= operand;
  }
}

/** An asterisk at the start or the end stands for any text; anywhere else it stands for itself. */
function equalsText(value: string, { text, expression }: Operand): boolean {
  if (expression !== undefined) return expression.test(value);
  const openStart = text.startsWith('*');
  const openEnd = text.endsWith('*') && text.length > 1;
  const core = text.slice(openStart ? 1 : 0, openEnd ? -1 : undefined);
  if (openStart && openEnd) return value.includes(core);
  if (openStart) return value.endsWith(core);
  if (openEnd) return value.startsWith(core);
  return value === text;
}
