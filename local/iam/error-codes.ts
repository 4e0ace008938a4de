import { LocalRuntimeError } from '../errors.ts';
import type { Place } from '../errors.ts';

/** Every code that checking the policies of a model can end with, and what it means. */
const iamErrorCodes = {
  MANAGED_POLICY_UNKNOWN: 'A role has a managed policy whose document is not known here.',
  POLICY_ELEMENT_UNSUPPORTED: 'A policy uses an element or variable that is not evaluated.',
  CONDITION_UNSUPPORTED: 'A policy has a condition whose operator or key is not evaluated.',
} as const;

export type IamErrorCode = keyof typeof iamErrorCodes;

/** The only way this folder makes an error for the person at the terminal. */
export function iamError(code: IamErrorCode, message: string, remedy: string, place: Place): LocalRuntimeError {
  return new LocalRuntimeError(code, message, remedy, place);
}
