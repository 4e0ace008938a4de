/**
 * What happens in the runtime. Services emit these; a console, a tally or a test subscribes, and no service depends on
 * who listens. `atMs` is milliseconds since the epoch, by the runtime's clock.
 */
export type RuntimeEvent =
  | LogEvent
  | InvocationStarted
  | InvocationEnded
  | BatchStarted
  | BatchEnded
  | MessagesFiltered
  | MessagesSent
  | MessageMoved
  | MessageExpired
  | MessagesPublished
  | DeliveryFailed
  | EventsPut
  | TargetFailed
  | TableAnswered
  | HttpRequestServed
  | MailDelivered
  | FaultInjected
  | Notice;

/** One log event, as CloudWatch would store it. */
export interface LogEvent {
  readonly type: 'log';
  readonly atMs: number;
  readonly functionName: string;
  /** Short, stable id of the execution environment: the first 8 hex digits of its log stream's id. */
  readonly executionEnvironmentId: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  /** `platform` for INIT_START, START, END, REPORT and what the platform says of a crash; `function` for the rest. */
  readonly source: 'platform' | 'function';
  /** Without the line feed that ends it in the text format. */
  readonly message: string;
  /** Of the function; undefined counts as JSON. CloudWatch Logs keeps a line feed at the end of each event in Text. */
  readonly logFormat?: 'Text' | 'JSON';
}

/** An environment was given an invocation. */
export interface InvocationStarted {
  readonly type: 'invocation-started';
  readonly atMs: number;
  readonly functionName: string;
  readonly executionEnvironmentId: string;
  readonly requestId: string;
  /** What the AWS SDK in the function sends along with every request of this invocation. */
  readonly traceHeader: string;
}

/** An invocation came to its end, and its environment is free or gone. `errorMessage` is that of the answer. */
export interface InvocationEnded {
  readonly type: 'invocation-ended';
  readonly atMs: number;
  readonly functionName: string;
  readonly executionEnvironmentId: string;
  readonly requestId: string;
  readonly durationMs: number;
  readonly outcome: 'success' | 'error' | 'timeout' | 'crash';
  readonly errorMessage?: string;
}

/** A mapping took messages and invokes its function with them. */
export interface BatchStarted {
  readonly type: 'batch-started';
  readonly atMs: number;
  readonly mappingId: string;
  readonly queueName: string;
  readonly functionName: string;
  readonly messageIds: readonly string[];
}

/** What became of each message of a batch. */
export interface BatchEnded {
  readonly type: 'batch-ended';
  readonly atMs: number;
  readonly mappingId: string;
  readonly queueName: string;
  readonly functionName: string;
  /** Undefined when the batch was throttled and reached no environment. */
  readonly executionEnvironmentId?: string;
  /** Message ids that the mapping deleted from the queue. */
  readonly deleted: readonly string[];
  /** Message ids that stay and reappear when their visibility timeout ends. */
  readonly kept: readonly string[];
  /** Message ids that had left the queue before: the function deleted them itself, for example. Absent for none. */
  readonly gone?: readonly string[];
  /** Why messages were kept, in a few words for people. */
  readonly reason?: string;
  /** When each of `kept` is visible again, or has been, in their order (epoch milliseconds). Absent for none. */
  readonly comeBackAtMs?: readonly number[];
}

/** Messages that matched none of a mapping's filters: deleted unprocessed. */
export interface MessagesFiltered {
  readonly type: 'messages-filtered';
  readonly atMs: number;
  readonly mappingId: string;
  readonly queueName: string;
  readonly functionName: string;
  readonly messageIds: readonly string[];
}

/** One request put messages into a queue, however many it had. */
export interface MessagesSent {
  readonly type: 'messages-sent';
  readonly atMs: number;
  readonly queueName: string;
  readonly messages: readonly { readonly messageId: string; readonly body: string }[];
}

/** A message used up its receives and went to the dead-letter queue, or a move task took it back. */
export interface MessageMoved {
  readonly type: 'message-moved';
  readonly atMs: number;
  readonly messageId: string;
  readonly fromQueueName: string;
  readonly toQueueName: string;
}

/** A message was in its queue for longer than the retention period, and is lost. */
export interface MessageExpired {
  readonly type: 'message-expired';
  readonly atMs: number;
  readonly messageId: string;
  readonly queueName: string;
}

/** One request published messages to a topic, however many it had. */
export interface MessagesPublished {
  readonly type: 'messages-published';
  readonly atMs: number;
  readonly topicName: string;
  readonly messages: readonly {
    readonly messageId: string;
    /** What queues and functions get as the message. */
    readonly body: string;
    /** To how many subscriptions it is on its way. */
    readonly deliveries: number;
    /** How many filter policies did not let it through. */
    readonly filtered: number;
    /** A FIFO topic had the message within the last five minutes, so that it goes nowhere. */
    readonly isDuplicate: boolean;
  }[];
}

/** A message did not reach a subscription of its topic, and will not be tried again. */
export interface DeliveryFailed {
  readonly type: 'delivery-failed';
  readonly atMs: number;
  readonly topicName: string;
  readonly messageId: string;
  /** `sqs`, `lambda`, `email`, `email-json`. */
  readonly protocol: string;
  /** Name of the queue or of the function, or the mail address. */
  readonly endpoint: string;
  readonly reason: string;
  /** The queue that took the message instead. Absent: the message is lost. */
  readonly deadLetterQueueName?: string;
}

/** Events have come onto an event bus: by PutEvents, from another bus, or because a schedule was due. */
export interface EventsPut {
  readonly type: 'events-put';
  readonly atMs: number;
  readonly busName: string;
  readonly events: readonly {
    readonly eventId: string;
    readonly source: string;
    readonly detailType: string;
    /** Rules that the event has matched. */
    readonly ruleNames: readonly string[];
  }[];
}

/** An event did not reach a target of a rule, and will not be tried again. */
export interface TargetFailed {
  readonly type: 'target-failed';
  readonly atMs: number;
  readonly ruleName: string;
  readonly busName: string;
  readonly eventId: string;
  /** ARN of the queue, the function, the topic or the bus. */
  readonly targetArn: string;
  readonly reason: string;
  /** The queue that took the event instead. Absent: the event is lost. */
  readonly deadLetterQueueName?: string;
}

/** The tables answered a request. Told before the answer goes to its caller, who may be gone. */
export interface TableAnswered {
  readonly type: 'table-answered';
  readonly atMs: number;
  /** As DynamoDB names it: `UpdateItem`. */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** HTTP status of the answer. */
  readonly status: number;
  /** JSON text of the answer. */
  readonly body: Buffer;
}

/** An HTTP API or a function URL answered a request. Told when the answer is known, before it is sent. */
export interface HttpRequestServed {
  readonly type: 'http-request-served';
  readonly atMs: number;
  /** Name of the API, or of the function behind the URL. */
  readonly name: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Absent when no route fits. */
  readonly routeKey?: string;
  readonly status: number;
  readonly durationMs: number;
  /** Why it is an answer of API Gateway's own, for people. The client does not read it. */
  readonly reason?: string;
}

/** A mail reached the local mailbox, which stands for all mailboxes. */
export interface MailDelivered {
  readonly type: 'mail-delivered';
  readonly atMs: number;
  /** Under which the mailbox has it: `GET /_local/mails/{id}`. */
  readonly id: string;
  /** The service that sent the mail: `ses`, `sns`. */
  readonly source: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  /** What became of the mail: `delivered`, `bounced`, `complained` or `suppressed`. */
  readonly fate: string;
}

/** A fault that was brought about on purpose (faults/), at the moment it took effect. */
export interface FaultInjected {
  readonly type: 'fault-injected';
  readonly atMs: number;
  /** One of the kinds in faults/fault-kinds.ts. */
  readonly fault: string;
  /** What it befell, in a few words for people. */
  readonly detail: string;
}

/** Something the person at the terminal should know: a skipped resource, an API call that is not implemented. */
export interface Notice {
  readonly type: 'notice';
  readonly atMs: number;
  readonly level: 'info' | 'warning' | 'error';
  readonly message: string;
}

/** Must not throw: what it throws reaches the service that emitted the event. */
export type Listener = (event: RuntimeEvent) => void;

/**
 * All that happens, in order, told to listeners one after the other and at once: what a listener throws reaches the
 * emitter.
 */
export class EventStream {
  readonly #listeners = new Set<Listener>();

  emit(event: RuntimeEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Returns a function that unsubscribes. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
