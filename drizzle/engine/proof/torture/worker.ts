/**
 * One worker process of the torture test: the published SDK with its own loop. It ends with its standard input, so no
 * process outlives the test.
 */
import { Absurd } from "absurd-sdk";
import { registerTasks } from "./tasks";
import { openTransactions } from "./transactions";

const [url = "", queueName = "", workerId = "", claimTimeout = ""] = process.argv.slice(2);
process.stdin.on("end", () => process.exit()).resume();

const concurrency = 4;
const transactions = openTransactions(url, concurrency * 2);
const silent = () => {};
const app = new Absurd({
  db: transactions.pool,
  queueName,
  // Tasks fail on purpose; other errors arrive at `onError`.
  log: { log: silent, info: silent, warn: silent, error: silent },
});
registerTasks(app, transactions);
await app.startWorker({
  workerId,
  concurrency,
  claimTimeout: Number(claimTimeout),
  pollInterval: 0.1,
  onError: (error) => console.error(workerId, error.message),
});
