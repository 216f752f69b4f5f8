// npm stands above a command that it runs, with a shell between, and hands a signal to the shell only: killed, it would
// leave an office behind that holds its port and nobody knows of. Node.js 18 and newer.
import { readFileSync } from 'node:fs';

const watchMs = 500;
const shells = new Set(['sh', 'dash', 'ash', 'bash', 'busybox']);

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

/**
 * The process above and, where that is a shell and the system tells it (Linux), the npm above the shell. Some shells
 * leave npm directly above us: whoever began npm may then go, as after `nohup npm start &`.
 */
function processesAbove() {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    const end = stat.lastIndexOf(')');
    const [, parent] = stat.slice(end + 2).split(' ');
    return shells.has(stat.slice(stat.indexOf('(') + 1, end)) ? `${process.ppid} ${parent}` : String(process.ppid);
  } catch {
    return String(process.ppid);
  }
}
