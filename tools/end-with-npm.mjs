// npm stands above a command that it runs, with a shell between, and hands a signal to the shell only: killed, it would
// leave an office behind that holds its port and nobody knows of. Node.js 18 and newer.
import { readFileSync } from 'node:fs';

const watchMs = 500;

/** Where npm runs this process: asks it to end, as Ctrl-C does, once the shell or the npm above it is gone. */
export function endWithNpm() {
  if (process.env.npm_command === undefined) return;
  const above = processesAbove();
  const watch = setInterval(() => {
    if (processesAbove() === above) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, watchMs);
  watch.unref();
}

/** The process above and, where the system tells it (Linux), the one above that: the shell and npm. */
function processesAbove() {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${process.ppid} ${parent}`;
  } catch {
    return String(process.ppid);
  }
}
