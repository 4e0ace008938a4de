import type { Clock } from '../../clock.ts';

/** An item of a heap knows its place; -1 outside. */
export interface HeapItem {
  heapIndex: number;
}

/** A binary min-heap by `keyOf` whose items know their place, so that any of them can move or leave in O(log n). */
export class Heap<Item extends HeapItem> {
  readonly #items: Item[] = [];
  readonly #keyOf: (item: Item) => number;

  constructor(keyOf: (item: Item) => number) {
    this.#keyOf = keyOf;
  }

  get first(): Item | undefined {
    return this.#items[0];
  }

  /** Takes in an item, or moves one that is in the heap already, by its present key. */
  put(item: Item): void {
    if (item.heapIndex === -1) {
      item.heapIndex = this.#items.length;
      this.#items.push(item);
    }
    if (!this.#rise(item)) this.#sink(item);
  }

  remove(item: Item): void {
    const index = item.heapIndex;
    if (index === -1) return;
    item.heapIndex = -1;
    const last = this.#items.pop();
    if (last === undefined || last === item) return;
    this.#place(last, index);
    this.put(last);
  }

  /** Whether the item has moved. */
  #rise(item: Item): boolean {
    const from = item.heapIndex;
    let index = from;
    const key = this.#keyOf(item);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#items[parentIndex];
      if (parent === undefined || this.#keyOf(parent) <= key) break;
      this.#place(parent, index);
      index = parentIndex;
    }
    if (index === from) return false;
    this.#place(item, index);
    return true;
  }

  #sink(item: Item): void {
    let index = item.heapIndex;
    const key = this.#keyOf(item);
    for (;;) {
      const left = this.#items[2 * index + 1];
      const right = this.#items[2 * index + 2];
      const isRight = right !== undefined && left !== undefined && this.#keyOf(right) < this.#keyOf(left);
      const child = isRight ? right : left;
      if (child === undefined || key <= this.#keyOf(child)) break;
      const childIndex = child.heapIndex;
      this.#place(child, index);
      index = childIndex;
    }
    this.#place(item, index);
  }

  #place(item: Item, index: number): void {
    this.#items[index] = item;
    item.heapIndex = index;
  }
}

/** An item of a linked list knows its neighbours; these two belong to the list. */
export interface Linked<Item> {
  previous: Item | undefined;
  next: Item | undefined;
}

/** Items in the order in which they came, which leave from any place in constant time. */
export class LinkedList<Item extends Linked<Item>> {
  #first: Item | undefined;
  #last: Item | undefined;

  get first(): Item | undefined {
    return this.#first;
  }

  append(item: Item): void {
    item.previous = this.#last;
    item.next = undefined;
    if (this.#last === undefined) this.#first = item;
    else this.#last.next = item;
    this.#last = item;
  }

  /** To be called for items in the list only. */
  remove(item: Item): void {
    const { previous, next } = item;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    item.previous = undefined;
    item.next = undefined;
  }

  *[Symbol.iterator](): Iterator<Item> {
    for (let item = this.#first; item !== undefined; item = item.next) yield item;
  }
}

const compactAfter = 1024;

/** A line that grows at the end and shrinks at the front, each in constant time (an array's own `shift` is not). */
export class Deque<Item> {
  #items: (Item | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  get first(): Item | undefined {
    return this.#items[this.#head];
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  shift(): Item | undefined {
    const item = this.#items[this.#head];
    if (this.#head === this.#items.length) return undefined;
    this.#items[this.#head] = undefined;
    this.#head += 1;
    if (this.#head >= compactAfter && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Exchanges the first item with the one `offset` places behind it. */
  bringForward(offset: number): void {
    const item = this.#items[this.#head + offset];
    this.#items[this.#head + offset] = this.#items[this.#head];
    this.#items[this.#head] = item;
  }

  *[Symbol.iterator](): Iterator<Item> {
    for (let index = this.#head; index < this.#items.length; index += 1) yield this.#items[index] as Item;
  }
}

/** One timer for the earliest of many moments. It never rings too late; it may ring for a moment that is no longer set. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #set: { readonly atMs: number; readonly cancel: () => void } | undefined;
  #isClosed = false;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Makes sure it rings at `atMs` at the latest; undefined: nothing to ring for. */
  setFor(atMs: number | undefined): void {
    if (this.#isClosed || atMs === undefined || (this.#set !== undefined && this.#set.atMs <= atMs)) return;
    this.#set?.cancel();
    const cancel = this.#clock.after(Math.max(0, atMs - this.#clock.now()), () => {
      this.#set = undefined;
      this.#ring();
    });
    this.#set = { atMs, cancel };
  }

  /** Ends it: it never rings again. */
  close(): void {
    this.#set?.cancel();
    this.#set = undefined;
    this.#isClosed = true;
  }
}
