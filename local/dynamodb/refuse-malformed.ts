import validations from 'dynalite/validations/index.js';
import tagResource from 'dynalite/validations/tagResource.js';

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
