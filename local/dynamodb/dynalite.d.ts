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

  const database: { checkConditional: CheckConditional; readonly compare: unknown };
  export default database;
}

declare module 'dynalite/db/conditionParser.js' {
  import type { Parse } from './remember-expressions.ts';

  const parser: { parse: Parse };
  export default parser;
}

declare module 'dynalite/db/updateParser.js' {
  import type { Parse } from './remember-expressions.ts';

  const parser: { parse: Parse };
  export default parser;
}

declare module 'dynalite/validations/*' {
  const validation: { types: Record<string, { type: string; enum?: string[] }> };
  export default validation;
}
