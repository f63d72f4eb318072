/**
 * One worker process of the torture: the published SDK with its own loop. It ends when its standard input does, so
 * that nobody outlives the torture.
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
  // Tasks that fail do so on purpose; what else goes wrong arrives at `onError`.
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
