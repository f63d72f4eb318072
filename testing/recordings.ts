import { readdirSync, readFileSync } from "node:fs";
import type { TaskDetail } from "@/lib/model/task";

const FOLDER = `${import.meta.dirname}/recordings/`;

/** Names of all recorded situations. */
export function listRecordings(): string[] {
  return readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ""));
}

/** One recorded situation: rows that real workers left in a real database. */
export function getRecording(name: string): TaskDetail {
  return JSON.parse(readFileSync(`${FOLDER}${name}.json`, "utf8")) as TaskDetail;
}
