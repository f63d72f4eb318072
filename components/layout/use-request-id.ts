"use client";
import { useState } from "react";

/**
 * The id of one press of a dialog's button, for actions that would do their work twice if they arrived twice. It stays the
 * same while the dialog is open, so that a press after a lost response gets the result of the first.
 */
export function useRequestId(): string {
  return useState(createId)[0];
}

/** `crypto.randomUUID` is missing on plain http. */
function createId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
