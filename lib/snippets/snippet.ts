/** A piece of code that can be copied and run as it is. */
export type Snippet = { title: string; language: "sql" | "javascript"; text: string };
