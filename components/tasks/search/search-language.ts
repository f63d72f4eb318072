import { findById } from "./find-by-id";
import { understand } from "./parse-input";
import { SearchOptions } from "./search-options";
import { suggest } from "./search-suggest";

/** What the search box needs as soon as somebody uses it, in one piece. */
export const SEARCH_LANGUAGE = { suggest, understand, findById, SearchOptions };

export type SearchLanguage = typeof SEARCH_LANGUAGE;
