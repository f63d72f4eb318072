/** The format of a database's name in addresses and settings. */
export const DATABASE_NAME = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;

/** The colours that distinguish databases. None of them denotes a state. */
export const DATABASE_COLOURS = ["grey", "red", "amber", "green", "blue", "violet"] as const;
export type DatabaseColour = (typeof DATABASE_COLOURS)[number];

/** How pages name a database. */
export type DatabaseLabel = {
  /** In addresses, grants and settings. */
  name: string;
  label: string;
  colour: DatabaseColour;
};

/** Set by `lib/identity/admission.ts`, never by a browser: the database that the request's address names. */
export const DATABASE_HEADER = "x-absurd-database";
