// Generated from order.schema.json by "npm run generate": change the schema, not this file.

/** First 12 hex digits of the SHA-256 of the schema's JSON, however it is laid out. */
export const orderSchemaVersion = '1c3bd706bba3';
