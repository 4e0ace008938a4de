import { AwsError } from '../../endpoint/api.ts';
import type { FunctionModel } from './model.ts';

/** A `FunctionName` taken apart: a name, a partial or a whole ARN, with a version or an alias. */
export interface FunctionReference {
  readonly name: string;
  readonly qualifier?: string;
  readonly region?: string;
  readonly accountId?: string;
}

const pattern =
  /^(?:arn:aws[a-zA-Z-]*:lambda:)?(?:([a-z]{2}(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?(?:function:)?([a-zA-Z0-9-_.]+)(?::(\$LATEST|[a-zA-Z0-9-_]+))?$/;

/** The pattern as Lambda's own message shows it. */
const documentedPattern =
  '(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?';

/** A function's name, partial ARN (`account:function:name`) or ARN, each with or without a qualifier. */
export function parseFunctionName(text: string): FunctionReference {
  const [, region, accountId, name, qualifier] = pattern.exec(text) ?? [];
  if (name === undefined) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${text}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${documentedPattern}`,
    );
  }
  return {
    name,
    ...(qualifier !== undefined && { qualifier }),
    ...(region !== undefined && { region }),
    ...(accountId !== undefined && { accountId }),
  };
}

/** Where functions are looked up. */
export interface FunctionDirectory {
  readonly region: string;
  readonly accountId: string;
  find(name: string): FunctionModel | undefined;
}

/**
 * The ARN that a request's `FunctionName` stands for, whether or not there is such a function: Lambda asks for
 * permission first, and who has none learns nothing of what exists.
 */
export function requestedArn(directory: FunctionDirectory, text: string): string {
  const { name, region = directory.region, accountId = directory.accountId } = parseFunctionName(text);
  return `arn:aws:lambda:${region}:${accountId}:function:${name}`;
}

/** `Qualifier`, as Lambda's own message shows its pattern. */
const documentedQualifier = '\\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+';

/** Throws `ValidationException` for what cannot be a version or an alias (test_function_name_and_qualifier_validation). */
function checkQualifier(qualifier: string): void {
  const fault = /^(?:\$LATEST\.PUBLISHED|[\w$-]+)$/.test(qualifier)
    ? qualifier.length > 128 && 'Member must have length less than or equal to 128'
    : `Member must satisfy regular expression pattern: ${documentedQualifier}`;
  if (fault === false) return;
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${qualifier}' at 'qualifier' failed to satisfy constraint: ${fault}`,
  );
}

/** Throws where name and parameter name different versions (recorded, test_ops_with_arn_qualifier_mismatch). */
function agreedQualifier(ofName: string | undefined, parameter: string | undefined): string | undefined {
  if (parameter === undefined) return ofName;
  checkQualifier(parameter);
  if (ofName === undefined || ofName === parameter) return parameter;
  throw new AwsError(
    'InvalidParameterValueException',
    'The derived qualifier from the function name does not match the specified qualifier.',
    { members: { Type: 'User' } },
  );
}

/** How a request names a version or an alias beside the function's name. */
interface Qualifiers {
  /** The parameter `Qualifier`. */
  readonly parameter?: string | undefined;
  /** What an error names when the request names none: Invoke means `$LATEST` and says so. */
  readonly implied?: string | undefined;
}

/**
 * The function that a request means by `FunctionName` and `Qualifier`; throws `ResourceNotFoundException`. Only
 * `$LATEST` exists: a template's versions and aliases have no code of their own locally.
 */
export function findFunction(
  directory: FunctionDirectory,
  text: string,
  { parameter, implied }: Qualifiers = {},
): FunctionModel {
  const reference = parseFunctionName(text);
  const qualifier = agreedQualifier(reference.qualifier, parameter);
  if (reference.region !== undefined && reference.region !== directory.region) {
    throw notFound(`Functions from '${reference.region}' are not reachable in this region ('${directory.region}')`);
  }
  const isHere = reference.accountId === undefined || reference.accountId === directory.accountId;
  const fn = isHere ? directory.find(reference.name) : undefined;
  if (fn === undefined || (qualifier !== undefined && qualifier !== '$LATEST')) {
    const arn = requestedArn(directory, text);
    const named = qualifier ?? implied;
    throw notFound(`Function not found: ${named === undefined ? arn : `${arn}:${named}`}`);
  }
  return fn;
}

function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message, { httpStatus: 404, members: { Type: 'User' } });
}
