/** The value of a record's own member. User-given names may equal inherited ones, such as `constructor`. */
export function getOwn<Value>(
  record: Readonly<Partial<Record<string, Value>>>,
  name: string,
): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
