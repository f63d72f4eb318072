/**
 * The order of keys in a document. A JavaScript object lists whole-number keys, such as `"10"`, before all others;
 * objects created here remember the order in which their keys were added. A copy of such an object does not.
 */
const orders = new WeakMap<object, string[]>();

/** A key that a JavaScript object may list out of order. */
const INDEX = /^(?:0|[1-9]\d{0,9})$/;

/** An object with these members, like `Object.fromEntries`, that keeps their order. */
export function fromEntries<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  const object = Object.fromEntries(entries);
  keepOrder(
    object,
    entries.map(([key]) => key),
  );
  return object;
}

/** Sets the order of an object's members to `keys`. */
export function keepOrder(object: object, keys: Iterable<string>): void {
  const order = [...new Set(keys)];
  if (order.some((key) => INDEX.test(key))) orders.set(object, order);
}

/** Sets a member; a new one is appended. */
export function setMember<T>(object: Record<string, T>, key: string, value: T): void {
  const order = orders.get(object) ?? (INDEX.test(key) ? Object.keys(object) : undefined);
  if (order && !Object.hasOwn(object, key)) {
    order.push(key);
    orders.set(object, order);
  }
  object[key] = value;
}

/** The keys of an object in the order of the document. */
export function listKeys(object: object): readonly string[] {
  return orders.get(object) ?? Object.keys(object);
}

/** The members of an object in the order of the document. */
export function listEntries<T>(object: Readonly<Record<string, T>>): [string, T][] {
  const order = orders.get(object);
  return order ? order.map((key) => [key, object[key] as T]) : Object.entries(object);
}

/** The values of an object in the order of the document. */
export function listValues<T>(object: Readonly<Record<string, T>>): T[] {
  const order = orders.get(object);
  return order ? order.map((key) => object[key] as T) : Object.values(object);
}
