/** Names of the environment variables that the stack sets and the functions read. */
export const environmentNames = {
  /** URL of the orders queue. generate-orders, process-orders. */
  ordersQueueUrl: 'ORDERS_QUEUE_URL',
  /** URL of bad-orders. failed-orders. */
  badOrdersQueueUrl: 'BAD_ORDERS_QUEUE_URL',
  /** Name of the orders table. process-orders, failed-orders. */
  ordersTableName: 'ORDERS_TABLE_NAME',
  /** `true`: report failures item by item; `false`: one bad order fails its whole batch. process-orders. */
  partialBatchResponses: 'PARTIAL_BATCH_RESPONSES',
  /** Longest wait before the first retry of a transient failure, in seconds. process-orders, failed-orders. */
  retryBaseSeconds: 'RETRY_BASE_SECONDS',
  /** Longest wait before any retry of a transient failure, in seconds. process-orders, failed-orders. */
  retryCapSeconds: 'RETRY_CAP_SECONDS',
  /** `true`: log customers' names, which are personal data. process-orders, failed-orders. */
  logCustomerNames: 'LOG_CUSTOMER_NAMES',
} as const;

export type EnvironmentName = (typeof environmentNames)[keyof typeof environmentNames];
export type Environment = Readonly<Record<string, string | undefined>>;

/** A function started without a variable that the stack should have set, or with one that does not parse. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';

  constructor(variable: EnvironmentName, value: string | undefined, wanted: string) {
    const found = value === undefined ? 'is not set' : `is "${value}"`;
    super(
      `The environment variable ${variable} ${found}. Set it to ${wanted}; the stack in lib/ does so when it is deployed.`,
    );
  }
}

/** @throws {EnvironmentError} when the variable is not set or is empty */
export function requireText(environment: Environment, variable: EnvironmentName): string {
  const value = environment[variable];
  if (value === undefined || value === '') throw new EnvironmentError(variable, value, 'a text');
  return value;
}

/** @throws {EnvironmentError} unless it is `true` or `false` */
export function requireBoolean(environment: Environment, variable: EnvironmentName): boolean {
  const value = environment[variable];
  if (value !== 'true' && value !== 'false') throw new EnvironmentError(variable, value, '"true" or "false"');
  return value === 'true';
}

/**
 * A whole number of seconds, 0 to 999,999.
 * @throws {EnvironmentError} for anything else
 */
export function requireSeconds(environment: Environment, variable: EnvironmentName): number {
  const value = environment[variable];
  if (value === undefined || !/^\d{1,6}$/.test(value))
    throw new EnvironmentError(variable, value, 'a whole number of seconds');
  return Number(value);
}
