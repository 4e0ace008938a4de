/**
 * Prices in us-east-1 in USD, on-demand, beyond the free tiers, of Lambda (Arm), SQS (standard queues), SNS (standard
 * topics), API Gateway (HTTP APIs), SES, DynamoDB and CloudWatch. They change: look at AWS's pricing pages before a decision hangs on them.
 */
export const prices = {
  asOf: 'November 2026',
  lambdaRequest: 0.2 / 1e6,
  lambdaGbSecond: 0.000_013_333_4,
  /** For each 64 KB of a request. */
  sqsRequest: 0.4 / 1e6,
  /** Of an HTTP API, the first 300 million of a month, for each 512 KB of a request. */
  httpRequest: 1 / 1e6,
  writeUnit: 0.625 / 1e6,
  readUnit: 0.125 / 1e6,
  logGb: 0.5,
  /** For each 64 KB of a request to SNS. Deliveries to queues and functions cost nothing, mails do. */
  snsRequest: 0.5 / 1e6,
  snsMail: 2 / 1e5,
  /** A mail by SES to one address, the first ten million of a month, in the plan Essentials, which new accounts have. */
  sesMail: 0.16 / 1e3,
  /** The same without a plan (`PutAccountPricingAttributes` with `NONE`). */
  sesMailWithoutPlan: 0.1 / 1e3,
  /** For each metric that an alarm looks at, standard resolution. */
  alarmMetricMonth: 0.1,
  dashboardMonth: 3,
  /** Custom metrics, by the hour in which they appear; of the first 10,000. */
  metricMonth: 0.3,
  /** And 1 USD more after each of its first two yearly rotations. */
  kmsKeyMonth: 1,
} as const;

/** What no bench on this machine can measure. docs/performance.md says where each number comes from. */
export const assumptions = {
  orders: 1e6,
  producerBatch: 10,
  /** A write, as the function waits for it. */
  tableMs: 5,
  /** A request to SNS, as the function waits for it. */
  publishMs: 15,
  /** Events in a request to SNS (API reference, PublishBatch). Ten are less than 64 KB. */
  publishBatch: 10,
  /** Processor time of a whole vCPU for an order: the SDK's request above all. */
  cpuMsPerOrder: 0.6,
  /** 1,769 MB are one vCPU (Lambda Developer Guide, "Configure Lambda function memory"). */
  vcpuMb: 1_769,
  logBytesPerOrder: 330,
  /** START, END and REPORT in the JSON log format. */
  logBytesPerInvocation: 900,
  /** The line of metrics that each of our invocations writes; the demo has none. */
  metricsBytesPerInvocation: 300,
  /** A line of the HTTP door's access log. */
  accessLogBytes: 350,
  /** A request to SQS, as accept-orders waits for it. */
  sqsMs: 10,
  /**
   * A mapping waits with so many long polls while its queue is empty, also with a maximum concurrency (Lambda Developer
   * Guide, "Configuring scaling behavior for SQS event source mappings"). Each poll is taken to wait as long as SQS
   * allows.
   */
  idlePollers: 5,
  longPollSeconds: 20,
  /** A request to SES, as notify-customers waits for it. Not measured. */
  sesMs: 100,
  /** A row of up to 1 KB; a failure's row of up to 2 KB and its two index entries. */
  orderWriteUnits: 1,
  failureWriteUnits: 4,
} as const;

export interface Flow {
  /** Share of bad orders, 0 to 1. */
  readonly badRate: number;
  /** Orders in an invocation. Under load the batch size; one for orders that come one by one. */
  readonly fill: number;
}

export interface Settings {
  readonly consumerMemoryMb: number;
  readonly failedMemoryMb: number;
  readonly maxReceiveCount: number;
}

/** What a million orders use. */
export interface Use {
  readonly sqsRequests: number;
  readonly lambdaRequests: number;
  readonly gbSeconds: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly logGb: number;
  /** To API Gateway. Default: none. */
  readonly httpRequests?: number;
  /** Mails by SES. Default: none. */
  readonly mails?: number;
}

/** @returns USD */
export function costOf(use: Use): number {
  return (
    use.sqsRequests * prices.sqsRequest +
    use.lambdaRequests * prices.lambdaRequest +
    use.gbSeconds * prices.lambdaGbSecond +
    use.writeUnits * prices.writeUnit +
    use.readUnits * prices.readUnit +
    use.logGb * prices.logGb +
    (use.httpRequests ?? 0) * prices.httpRequest +
    (use.mails ?? 0) * prices.sesMail
  );
}

/**
 * What this pipeline uses. A bad order is received `maxReceiveCount` times before the receive that moves it. At worst
 * it is alone in each batch after the first, and alone in bad-orders. Each failing batch asks once for a change of
 * visibility. Orders of a batch are written side by side.
 */
export function pipelineUse({ badRate, fill }: Flow, settings: Settings): Use {
  const { orders } = assumptions;
  const bad = orders * badRate;
  const batches = orders / fill;
  const retries = bad * (settings.maxReceiveCount - 1);
  const failingBatches = batches * (1 - (1 - badRate) ** fill);
  const invocations = batches + retries;
  return {
    sqsRequests:
      orders / assumptions.producerBatch +
      // Receives, the last of which moves the message, and deletes.
      (batches + retries + bad + batches) +
      (failingBatches + retries) +
      2 * bad,
    lambdaRequests: invocations + bad,
    gbSeconds:
      gbSeconds(batches, fill, settings.consumerMemoryMb, 1) +
      gbSeconds(retries, 1, settings.consumerMemoryMb, 0) +
      gbSeconds(bad, 1, settings.failedMemoryMb, 1),
    writeUnits: (orders - bad) * assumptions.orderWriteUnits + bad * assumptions.failureWriteUnits,
    readUnits: 0,
    logGb:
      logGb(orders + retries + bad, invocations + bad) +
      ((invocations + bad) * assumptions.metricsBytesPerInvocation) / 1e9,
  };
}

/** What the events of a million orders use beside, with `-c events=true`. */
export interface EventsUse {
  readonly snsRequests: number;
  readonly gbSeconds: number;
}

/** Each batch with good orders publishes once, and each bad order alone, where failed-orders writes it down. */
export function eventsUse({ badRate, fill }: Flow, settings: Settings): EventsUse {
  const { orders, publishMs, publishBatch } = assumptions;
  const bad = orders * badRate;
  const batches = (orders / fill) * (1 - badRate ** fill);
  const seconds = (count: number, memoryMb: number) => (count * publishMs * memoryMb) / 1024 / 1000;
  return {
    snsRequests: batches * Math.ceil(fill / publishBatch) + bad,
    gbSeconds: seconds(batches, settings.consumerMemoryMb) + seconds(bad, settings.failedMemoryMb),
  };
}

/** @returns USD */
export function costOfEvents({ snsRequests, gbSeconds: seconds }: EventsUse): number {
  return snsRequests * prices.snsRequest + seconds * prices.lambdaGbSecond;
}

/**
 * What the HTTP door adds for a million orders, in place of another sender: each request is one of API Gateway, one of
 * Lambda and one of SQS.
 *
 * @param ordersARequest 1 for `POST /orders`, up to 10 for a batch
 * @param memoryMb of accept-orders
 */
export function httpDoorUse(ordersARequest: number, memoryMb: number): Use {
  const { orders, accessLogBytes, metricsBytesPerInvocation } = assumptions;
  const requests = orders / ordersARequest;
  const ms = invocationMs(ordersARequest, memoryMb, 0) + assumptions.sqsMs;
  return {
    httpRequests: requests,
    sqsRequests: requests,
    lambdaRequests: requests,
    gbSeconds: (requests * ms * memoryMb) / 1024 / 1000,
    writeUnits: 0,
    readUnits: 0,
    logGb: logGb(orders, requests) + (requests * (accessLogBytes + metricsBytesPerInvocation)) / 1e9,
  };
}

/**
 * What a million mails to customers add, with `-c mail=true`: each reads its order, and writes its claim and its end. The
 * notifications of a batch are handled side by side. What SNS brings into the queue is taken for a request to SQS.
 *
 * @param fill notifications in an invocation
 * @param memoryMb of notify-customers
 */
export function mailsUse(fill: number, memoryMb: number): Use {
  const { orders, sesMs, metricsBytesPerInvocation } = assumptions;
  const batches = orders / fill;
  const ms = invocationMs(fill, memoryMb, 3) + sesMs;
  return {
    mails: orders,
    sqsRequests: orders + 2 * batches,
    lambdaRequests: batches,
    gbSeconds: (batches * ms * memoryMb) / 1024 / 1000,
    writeUnits: 2 * orders,
    readUnits: orders,
    logGb: logGb(orders, batches) + (batches * metricsBytesPerInvocation) / 1e9,
  };
}

/**
 * What the lecture demo would use with the same writes of good orders. It throws at the first bad order of a batch, so
 * all messages of the batch go to bad-orders after one receive. Its failed-orders only logs. Orders of a batch are
 * written one after the other.
 */
export function demoUse({ badRate, fill }: Flow, settings: Settings): Use {
  const { orders } = assumptions;
  const batches = orders / fill;
  const failing = 1 - (1 - badRate) ** fill;
  const failedBatches = batches * failing;
  // Orders before the first bad one of their batch: the sum of (1 - badRate)^k for k from 1 to fill, for each batch.
  const written = batches * (((1 - badRate) * failing) / badRate);
  const invocations = batches + failedBatches;
  return {
    sqsRequests: orders / assumptions.producerBatch + batches + (batches - failedBatches) + failedBatches * 3,
    lambdaRequests: invocations,
    gbSeconds:
      gbSeconds(batches, fill, settings.consumerMemoryMb, written / batches) +
      gbSeconds(failedBatches, fill, settings.failedMemoryMb, 0),
    writeUnits: written * assumptions.orderWriteUnits,
    readUnits: 0,
    logGb: logGb(written + failedBatches * fill, invocations),
  };
}

/** @param waits writes that an invocation waits for one after the other */
function gbSeconds(invocations: number, fill: number, memoryMb: number, waits: number): number {
  return (invocations * invocationMs(fill, memoryMb, waits) * memoryMb) / 1024 / 1000;
}

/**
 * How long an invocation takes, without a cold start.
 *
 * @param waits writes that it waits for one after the other
 */
export function invocationMs(fill: number, memoryMb: number, waits: number): number {
  const cpuMs = fill * assumptions.cpuMsPerOrder * Math.max(1, assumptions.vcpuMb / memoryMb);
  return cpuMs + waits * assumptions.tableMs;
}

function logGb(lines: number, invocations: number): number {
  return (lines * assumptions.logBytesPerOrder + invocations * assumptions.logBytesPerInvocation) / 1e9;
}
