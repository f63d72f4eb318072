"use client";
import { useState } from "react";

/**
 * The idempotency id of a dialog's action. It stays the same while the dialog is open, so that submitting again after a
 * lost response returns the first result instead of repeating the work.
 */
export function useRequestId(): string {
  return useState(createId)[0];
}

/** `crypto.randomUUID` is unavailable on plain HTTP. */
function createId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
