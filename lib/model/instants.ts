/** A point in time as ISO 8601 text in UTC with milliseconds. */
export type Iso = string;

/** A point in time of the database, to the millisecond. `"infinity"` is PostgreSQL's, as for a wait without timeout. */
export type Instant = Date | "infinity";
