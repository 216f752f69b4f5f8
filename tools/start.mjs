// `npm start`: brings the packages, then hands over to the command `sesshu start` under Node.js 24.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { bringPackages, findNode, root } from './bring-packages.mjs';

bringPackages();
const child = spawn(findNode(), [join(root, 'src/apps/cli/main.ts'), 'start', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 0 : 1)));
