import { findById } from "./search-find";
import { SearchOptions } from "./search-options";
import { suggest } from "./search-suggest";
import { understand } from "./search-understand";

/** What the search box needs as soon as somebody uses it, in one piece. */
export const SEARCH_LANGUAGE = { suggest, understand, findById, SearchOptions };

export type SearchLanguage = typeof SEARCH_LANGUAGE;
