import assert from 'node:assert/strict';
import { readOrderRecord } from '../../../tools/orders/ledger/find-failure.ts';
import { markReplayed, replayMessage } from '../../../tools/orders/ledger/replay.ts';
import { mend } from '../../../tools/orders/ledger/mend.ts';
import { deleteExported, exportedFailure } from '../../../tools/orders/ledger/purge.ts';
import { type FailureRow, type Lineage, lineageAttribute, type OrderRow } from '../../../shared/ledger/rows.ts';
import { exampleOrder } from '../../../shared/order/example-order.ts';
import type { TableClient } from '../../../lambdas/common/table-client.ts';
import { defineProcessing, RefusedOrder } from '../../../lambdas/process-orders/processing.ts';
import { idempotencyKeyOf } from '../../../shared/ledger/content.ts';
import { isOrderWritten } from '../../../shared/ledger/order-transitions.ts';
import type { LocalLedger } from '../../tools/orders/ledger/local-ledger.ts';
import {
  done,
  failed,
  inAnotherLayout,
  message,
  type PipelineFunctions,
  pipelineFunctions,
  replayed,
} from '../pipeline-functions.ts';
import { type Body, type Ending, type ModelFailure, LedgerModel, type Sent } from './ledger-model.ts';

const at = '2026-01-01T00:00:00.000Z';
const by = 'ada';

/** A failure as somebody saw it, here and there; it may have changed since. */
interface Seen {
  readonly plain: ModelFailure;
  readonly row: FailureRow;
}

/** A message as the model knows it, with the lineage that the functions see. */
interface SentTwice extends Sent {
  readonly replayOf?: NonNullable<Sent['replayOf']> & Lineage;
}

/** Of a body: the number of its order, or none; which of its bodies; whether it is valid; in which layout it is. */
export type Wanted = readonly [id: number | null, variant: number, valid: boolean, isLaidOut: boolean];

/** The model and, beside it, the functions and commands on a real table. Whatever is done to both, they must agree. */
export class LedgerTwin {
  readonly model = new LedgerModel();
  readonly sent: SentTwice[] = [];
  readonly seen: Seen[] = [];
  /** Replays that are sent and not marked yet. */
  readonly unmarked: { readonly seen: Seen; readonly messageId: string }[] = [];
  readonly #ledger: LocalLedger;
  readonly #functions: PipelineFunctions;
  /** The same on a machine that fails before it can write an order, a month ago: its claims are over. */
  readonly #crashing: PipelineFunctions;
  #ending: Ending = 'done';
  /** Keys of the orders whose work was done. */
  readonly #worked = new Set<string>();
  readonly #prefix: string;
  readonly #keys = new Set<string>();
  /** Messages that a function said may be deleted, and those that a person deleted with their failure. */
  readonly #deleted = new Set<SentTwice>();
  readonly #purged = new Set<string>();
  /** Orders as they were first found. */
  readonly #written = new Map<string, OrderRow>();

  /** @param prefix of all ids, so that many twins can share a table */
  constructor(ledger: LocalLedger, prefix: string) {
    this.#ledger = ledger;
    this.#prefix = prefix;
    let tokens = 0;
    const newToken = () => `token-${(tokens += 1)}`;
    const processing = defineProcessing({
      hasEffects: true,
      tools: () => ({}),
      process: async ({ idempotencyKey }) => {
        if (this.#ending === 'failed') throw new Error('The service is down.');
        if (this.#ending === 'refused') throw new RefusedOrder('/items: not in stock');
        this.#worked.add(idempotencyKey);
        await Promise.resolve();
      },
    });
    const { table } = ledger.local;
    this.#functions = pipelineFunctions(table, { newToken, processing });
    const update: TableClient['update'] = (request, signal) =>
      isOrderWritten(request) ? Promise.reject(new Error('The function has ended.')) : table.update(request, signal);
    const startMs = Date.UTC(2025, 11, 1);
    this.#crashing = pipelineFunctions({ ...table, update }, { newToken, processing, startMs });
  }

  /** A few orders make a story; more of them make many short ones. */
  send(...[id, ...others]: Wanted): void {
    if (this.sent.filter(({ replayOf }) => replayOf === undefined).length < 4)
      this.#add({ messageId: this.#newId(), body: this.body(id, ...others) });
  }

  body(...[id, variant, valid, isLaidOut]: Wanted): Body {
    const orderId = id === null ? null : `${this.#prefix}-order-${id}`;
    const { orderId: _orderId, ...example } = exampleOrder(0);
    const document = { ...(orderId !== null && { orderId }), ...example, variant };
    const whole = valid ? document : { ...document, items: 'tea' };
    const content = JSON.stringify(whole);
    return { orderId, valid, content, text: isLaidOut ? inAnotherLayout(whole) : content };
  }

  async process(sent: SentTwice, ending: Ending = 'done'): Promise<void> {
    const isDone = this.model.process(sent, ending);
    this.#ending = ending;
    const functions = ending === 'crashed' ? this.#crashing : this.#functions;
    assert.deepEqual(await functions.processOrders([record(sent)]), isDone ? done : failed(sent.messageId));
    if (!isDone) return;
    const orderKey = sent.body.orderId ?? sent.replayOf?.orderKey ?? sent.messageId;
    assert(this.#worked.has(idempotencyKeyOf(orderKey, sent.body.text)));
    this.#deleted.add(sent);
  }

  async fail(sent: SentTwice): Promise<void> {
    this.model.fail(sent);
    assert.deepEqual(await this.#functions.failedOrders([record(sent)]), done);
    this.#deleted.add(sent);
  }

  async look(plain: ModelFailure): Promise<Seen> {
    const { failures } = await readOrderRecord(this.#ledger.table, plain.orderKey);
    const row = failures.find(({ failureId }) => failureId === plain.failureId)!;
    const seen = { plain, row };
    this.seen.push(seen);
    return seen;
  }

  /** Sends a failure again; its mark comes later, or never. */
  replay(seen: Seen): void {
    const { plain, row } = seen;
    const messageId = this.#newId();
    const { body, attributes } = replayMessage(row, by);
    assert.equal(body, plain.body.text);
    const { orderKey, failureId, replayCount, life } = plain;
    const lineage: Lineage = { orderKey, failureId, count: replayCount + 1, by, token: row.replayToken };
    assert.deepEqual(JSON.parse(attributes[lineageAttribute]?.stringValue ?? ''), lineage);
    const replayOf = { ...lineage, life };
    this.#add({ messageId, body: plain.body, replayOf });
    this.unmarked.push({ seen, messageId });
  }

  async mark(position: number): Promise<void> {
    const [{ seen, messageId }] = this.unmarked.splice(position, 1) as [(typeof this.unmarked)[number]];
    this.model.markReplayed(seen.plain, messageId);
    await markReplayed(this.#ledger.table, seen.row, { messageId, by, at });
  }

  async edit({ plain, row }: Seen, body: Body): Promise<void> {
    this.model.edit(plain, body);
    await mend(this.#ledger.table, row, { body: body.text, by, at });
  }

  async purge({ plain, row }: Seen): Promise<void> {
    const recorded = this.model.failures.get(plain.failureId)?.recorded ?? [];
    this.model.purge(plain);
    if (!this.model.failures.has(plain.failureId)) for (const id of recorded) this.#purged.add(id);
    await deleteExported(this.#ledger.table, exportedFailure(row));
  }

  /** Messages that are deleted although their order is neither processed nor written down, by nobody's hand. */
  lost(): readonly Sent[] {
    const processed = new Set([...this.model.orders.values()].map(({ content }) => content));
    const recorded = new Set([...this.model.failures.values()].flatMap((failure) => failure.recorded));
    const isKept = ({ messageId, body }: Sent) =>
      processed.has(body.content) || recorded.has(messageId) || this.#purged.has(messageId);
    return [...this.#deleted].filter((sent) => !isKept(sent));
  }

  /** The table holds what the model says, and an order's row what it held when it was written. */
  async compare(): Promise<void> {
    const records = await Promise.all([...this.#keys].map((key) => readOrderRecord(this.#ledger.table, key)));
    // A row that only names failed copies is no order yet.
    const rows = records.flatMap(({ order }) => (order === undefined || !('contentHash' in order) ? [] : order));
    const found = new Map(rows.map((row) => [row.orderKey, row.body]));
    assert.deepEqual(found, new Map([...this.model.orders].map(([key, { text }]) => [key, text])));
    for (const row of rows) {
      assert.deepEqual(row, this.#written.get(row.orderKey) ?? row);
      this.#written.set(row.orderKey, row);
    }
    const failures = records.flatMap((each) => each.failures.map(rowFacts));
    assert.deepEqual(byId(failures), byId([...this.model.failures.values()].map(modelFacts)));
  }

  #newId(): string {
    return `${this.#prefix}-message-${this.sent.length}`;
  }

  #add(sent: SentTwice): void {
    this.sent.push(sent);
    this.#keys.add(sent.body.orderId ?? sent.replayOf?.orderKey ?? sent.messageId);
    if (sent.replayOf !== undefined) this.#keys.add(sent.replayOf.orderKey);
  }
}

function record({ messageId, body, replayOf }: SentTwice) {
  const plain = message(messageId, body.text);
  return replayOf === undefined ? plain : replayed(plain, replayOf);
}

/** What both must agree on; who is in which index follows from the status. */
function modelFacts({ body, status, recorded, life: _life, ...facts }: ModelFailure) {
  const indexes = { processed: [], replayed: ['replayed'], failed: ['failed', 'cause'] }[status];
  return { ...facts, status, recorded: recorded.toSorted(), body: body.text, indexes };
}

function rowFacts(row: FailureRow) {
  const { orderKey, failureId, status, kind, replayCount, recordedMessages, history, statusShard, causeShard } = row;
  const recorded = [...recordedMessages].toSorted();
  // Copied, because node:assert tells lists of the SDK from lists of a test file (test/runner/shared-packages.ts).
  const entries = [...history].map(({ event, messageId }) => [event, messageId ?? []].flat().join(' '));
  const byCause = causeShard?.startsWith(`${row.cause}#`) === true ? ['cause'] : [];
  const indexes = [...(statusShard?.split('#').slice(0, 1) ?? []), ...byCause];
  return { orderKey, failureId, status, kind, replayCount, recorded, history: entries, body: row.body, indexes };
}

function byId<T extends { readonly failureId: string }>(facts: readonly T[]): readonly T[] {
  return facts.toSorted((a, b) => (a.failureId < b.failureId ? -1 : 1));
}
