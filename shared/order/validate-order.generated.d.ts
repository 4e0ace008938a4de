// Generated from order.schema.json by "npm run generate": change the schema, not this file.
import type { ErrorObject } from 'ajv';
import type { Order } from './order.generated.ts';

/** `errors` are those of the last call, null when it answered true. */
declare const validate: { (data: unknown): data is Order; errors?: null | ErrorObject[] };
export default validate;
