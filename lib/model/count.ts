/** A number that says how far it can be trusted. A capped one reads "at least". */
export type Count = { value: number; precision: "exact" | "estimated" | "capped" };
