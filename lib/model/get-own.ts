/** The value of a record's own member. Names of users may be those that every object inherits, such as `constructor`. */
export function getOwn<Value>(
  record: Readonly<Partial<Record<string, Value>>>,
  name: string,
): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
