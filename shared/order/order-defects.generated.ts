// Generated from order.schema.json by "npm run generate": change the schema, not this file.
import type { OrderDefect } from './broken-order.ts';

/** An order for each rule of the schema that it can break. */
export const orderDefects: readonly OrderDefect[] = [
  {"place":[],"value":"7"},
  {"place":["customerName"],"removed":true},
  {"place":["customerAddress"],"removed":true},
  {"place":["items"],"removed":true},
  {"place":["orderId"],"value":7},
  {"place":["orderId"],"value":"order-0?"},
  {"place":["customerName"],"value":7},
  {"place":["customerName"],"length":0},
  {"place":["customerAddress"],"value":7},
  {"place":["customerAddress"],"length":0},
  {"place":["customerEmail"],"value":7},
  {"place":["customerEmail"],"value":"no email"},
  {"place":["items"],"value":"7"},
  {"place":["items","0"],"value":7},
];
