import { AwsError } from '../../endpoint/api.ts';

export function invalidPattern(message = 'Invalid filter pattern'): AwsError {
  return new AwsError('InvalidParameterException', message);
}

/** In AWS's words for a character that only a quoted term may have. */
export function invalidCharacters(text: string): AwsError {
  return invalidPattern(`Invalid character(s) in term '${text}'`);
}

/**
 * A regular expression between percent signs. CloudWatch Logs takes letters, digits, a few symbols and the operators
 * `^ $ ? [ ] { } | \ * + .`, but no parentheses ("Supported regular expressions syntax").
 */
export function parseRegularExpression(text: string): RegExp {
  const source = text.slice(1, -1);
  const bad = /[^A-Za-z0-9:_#=@/;,\-^$?[\]{}|\\*+.\s]/.exec(source);
  if (source === '' || bad !== null) throw invalidCharacters(bad?.[0] ?? text);
  try {
    return new RegExp(source);
  } catch {
    throw invalidPattern();
  }
}
