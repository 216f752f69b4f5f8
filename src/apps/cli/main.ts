import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '#platform/clock';
import { loadCommands } from './load-commands.ts';
import { runCommand } from './run-command.ts';

const words = process.argv.slice(2);
// A terminal that was closed, or a reader like `head` that went away, must not break off what is being done.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
}
if (words[0] === '--version') {
  const packageFile = join(import.meta.dirname, '../../../package.json');
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
  process.stdout.write(`${version}\n`);
} else {
  process.exitCode = await runCommand(words, await loadCommands(words), {
    environment: process.env,
    home: resolve(process.env['SESSHU_HOME'] ?? '.sesshu'),
    osUser: osUserName(),
    clock: systemClock,
    input: process.stdin,
    output: process.stdout,
    messages: process.stderr,
  });
}

/** The operating system's user; a uid without an entry is shown by its number. */
function osUserName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
