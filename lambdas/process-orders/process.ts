import { defineProcessing } from './processing.ts';

/**
 * What processing an order is: this is the file to edit. As it stands, an order needs no more than to be written into
 * the orders table, which happens after `process`. docs/your-processing.md shows how to call an API, to write another
 * table and to send a message on.
 */
export const processing = defineProcessing({
  hasEffects: false,
  tools: () => ({}),
  process: async () => {},
});
