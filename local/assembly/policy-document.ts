import type { PolicyDocument, PolicyStatement } from '../model.ts';
import { isJsonObject } from './json.ts';
import type { Properties } from './properties.ts';

const statementKeys = [
  'Sid',
  'Effect',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Principal',
  'NotPrincipal',
  'Condition',
];

/** Reads a policy document: a single statement becomes a list of one. What it means is for `local/iam` to say. */
export function readPolicyDocument(properties: Properties, name: string): PolicyDocument {
  const document = properties.json(name);
  const statement = document?.['Statement'];
  const statements: readonly unknown[] = Array.isArray(statement) ? statement : [statement];
  if (document === undefined || !statements.every(isStatement)) {
    throw properties.invalid(
      name,
      document,
      'a policy document with statements of Effect Allow or Deny, their actions and resources texts',
    );
  }
  const version = document['Version'];
  return { ...(typeof version === 'string' ? { Version: version } : {}), Statement: statements };
}

function isStatement(value: unknown): value is PolicyStatement {
  if (!isJsonObject(value) || !Object.keys(value).every((key) => statementKeys.includes(key))) return false;
  if (!textKeys.every((key) => isTexts(value[key]))) return false;
  return value['Effect'] === 'Allow' || value['Effect'] === 'Deny';
}

/** IAM policy grammar: a text or a list of texts. */
const textKeys = ['Action', 'NotAction', 'Resource', 'NotResource'];

function isTexts(value: unknown): boolean {
  return [value].flat().every((text) => text === undefined || typeof text === 'string');
}
