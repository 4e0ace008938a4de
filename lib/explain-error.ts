import { fileURLToPath } from 'node:url';
import { Errors } from 'aws-cdk-lib';

const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/** Errors whose message says all. */
const sayEnough = [
  'UnknownPresetError',
  'InvalidConfigurationError',
  'ValidationFailed',
  // What the doctor, or another validation of a construct, objects to.
  'ValidationFailedWithErrors',
];

/**
 * What to print of an error that ended the synthesis. What a person can mend needs no stack trace: of the CDK's
 * objections to what a construct was given, only the construct and the line that made it. Anything else is a defect,
 * and stays as it is.
 */
export function explainError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (sayEnough.includes(error.name)) return error.message;
  if (!Errors.isValidationError(error)) return error;
  const construct = error.constructPath === undefined ? [] : [`  in the construct ${error.constructPath}`];
  return [error.message, ...construct, ...projectPlace(error)].join('\n');
}

/** The nearest line of this project's own code in the stack. */
function projectPlace({ stack = '' }: Error): readonly string[] {
  const frames = stack.split('\n').filter((line) => /^ +at /.test(line) && !line.includes('/node_modules/'));
  const [place] = frames.flatMap((line) => line.split(projectRoot).slice(1, 2));
  return place === undefined ? [] : [`  made in ${place.replace(/[ )].*$/, '')}`];
}
