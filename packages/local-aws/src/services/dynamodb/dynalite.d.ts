/** dynalite brings no types. Options: its readme, "API". */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface DynaliteOptions {
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
    readonly updateTableMs?: number;
  }

  export default function dynalite(options?: DynaliteOptions): Server;
}

declare module 'dynalite/db/index.js' {
  type Values = Record<string, unknown>;
  type CheckConditional = (input: Values, item: Values | undefined) => { body: Values } | null | undefined;

  type Item = Record<string, unknown> | null | undefined;

  interface Index {
    readonly IndexName: string;
  }

  interface Table {
    readonly GlobalSecondaryIndexes?: readonly Index[];
    readonly LocalSecondaryIndexes?: readonly Index[];
  }

  /** What `ConsumedCapacity` becomes on the wire. */
  interface Capacity {
    CapacityUnits: number;
    readonly Table?: object | undefined;
    GlobalSecondaryIndexes?: Record<string, { CapacityUnits: number }>;
    LocalSecondaryIndexes?: Record<string, { CapacityUnits: number }>;
  }

  interface Database {
    checkConditional: CheckConditional;
    readonly compare: unknown;
    /** Undefined when the request does not ask for it. */
    addConsumedCapacity: (input: Values, isRead: boolean, ...items: Item[]) => Capacity | undefined;
    updateIndexes: (store: unknown, table: Table, before: Item, after: Item, done: (error?: unknown) => void) => void;
    /** `puts`: the entries that the indexes hold after the change. */
    getIndexActions(
      indexes: readonly Index[],
      before: Item,
      after: Item,
      table: Table,
    ): { readonly puts: readonly { readonly key: string; readonly item: Values }[] };
    capacityUnits(item: Item, isRead: boolean, isConsistent?: boolean): number;
  }

  export type { Capacity, Index, Item, Table };
  const database: Database;
  export default database;
}

declare module 'dynalite/db/*Parser.js' {
  /** What the parsers get beside the expression. They delete the names they meet from the unused ones. */
  export interface ParserContext {
    readonly attrNames?: Readonly<Record<string, string>> | undefined;
    readonly attrVals?: Readonly<Record<string, object>> | undefined;
    readonly unusedAttrNames: Record<string, true>;
    readonly unusedAttrVals: Record<string, true>;
  }

  export type Parse = (expression: string, options: { readonly context: ParserContext }) => unknown;

  const parser: { parse: Parse };
  export default parser;
}

declare module 'dynalite/validations/index.js' {
  type Check = (...args: readonly unknown[]) => unknown;

  const validations: { checkTypes: Check; checkValidations: Check };
  export default validations;
}

declare module 'dynalite/validations/*' {
  const validation: { types: Record<string, { type: string; enum?: string[]; children?: object }> };
  export default validation;
}
