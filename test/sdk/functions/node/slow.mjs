// Takes its time, and leaves a process behind that outlives it: one in a session of
// its own that knows nothing of where it came from.
import { spawn } from "node:child_process";

let child;
export async function handler(event) {
  child ??= spawn("sleep", ["600"], { detached: true, stdio: "ignore", env: { PATH: process.env.PATH } });
  child.unref();
  await new Promise((done) => setTimeout(done, Number(process.env.WAIT)));
  return event;
}
