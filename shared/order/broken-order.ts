/** One way in which an order can be wrong: the place of the fault, and what becomes of the value there. */
export type OrderDefect = {
  /** From the order down to the value, as in a JSON pointer; empty for the order itself. */
  readonly place: readonly string[];
} & ({ readonly removed: true } | { readonly value: unknown } | { readonly length: number });

/**
 * An order with one defect. The order itself stays as it is. `length` cuts a text or a list, or repeats it, up to so
 * many characters or elements.
 */
export function brokenOrder(order: unknown, defect: OrderDefect): unknown {
  const [name, ...place] = defect.place;
  if (name === undefined) return brokenValue(order, defect);
  if (Array.isArray(order)) {
    return order.map((element: unknown, index) =>
      String(index) === name ? brokenOrder(element, { ...defect, place }) : element,
    );
  }
  if (typeof order !== 'object' || order === null) return order;
  const { [name]: value, ...others } = order as Readonly<Record<string, unknown>>;
  if ('removed' in defect && place.length === 0) return others;
  return { ...order, [name]: brokenOrder(value, { ...defect, place }) };
}

function brokenValue(value: unknown, defect: OrderDefect): unknown {
  if ('value' in defect) return defect.value;
  if ('removed' in defect) return undefined;
  const { length } = defect;
  if (Array.isArray(value)) {
    const elements: readonly unknown[] = value;
    return Array.from({ length }, (_, index) => elements[index % elements.length]);
  }
  return String(value).padEnd(length, 'x').slice(0, length);
}
