import { parseAsString } from "nuqs/server";

/** What is asked for: the name of a task. */
export const usualSearchParams = { name: parseAsString };
