/** A worker program for a queue, and the command that installs its dependencies. */
export type WorkerSnippet = { language: string; install: string; text: string };

/** Workers that register the task `hello`, connected to this database. */
export function listWorkerSnippets(url: string, queue: string): WorkerSnippet[] {
  const [address, name] = [JSON.stringify(url), JSON.stringify(queue)];
  return [
    {
      language: "TypeScript",
      install: "npm install absurd-sdk",
      text: `import { Absurd } from "absurd-sdk";

const app = new Absurd({ db: ${address}, queueName: ${name} });

app.registerTask({ name: "hello" }, async (params, ctx) => {
  const greeting = await ctx.step("greet", async () => "Hello!");
  return { greeting, params };
});

await app.startWorker();
`,
    },
    {
      language: "Python",
      install: "pip install absurd-sdk",
      text: `from absurd_sdk import Absurd

app = Absurd(${address}, queue_name=${name})


@app.register_task("hello")
def hello(params, ctx):
    greeting = ctx.step("greet", lambda: "Hello!")
    return {"greeting": greeting, "params": params}


app.start_worker()
`,
    },
  ];
}
