"use client";
import { createContext, useContext } from "react";

const Zone = createContext("UTC");

/** The time zone in which instants are shown. */
export const ZoneProvider = Zone.Provider;

export function useZone(): string {
  return useContext(Zone);
}
