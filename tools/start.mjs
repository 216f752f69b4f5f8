// `npm start`: brings the packages, then hands over to the command `sesshu start` under Node.js 24.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { bringPackages, compileCache, findNode, root } from './bring-packages.mjs';
import { endWithNpm } from './end-with-npm.mjs';

bringPackages();
endWithNpm();
// The channel tells the office when this process is gone, also by kill -9: then it ends too, cleanly.
const child = spawn(findNode(), [join(root, 'src/apps/cli/main.ts'), 'start', ...process.argv.slice(2)], {
  cwd: root,
  env: { NODE_COMPILE_CACHE: compileCache, ...process.env },
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  process.stderr.write(`Node.js を起動できません: ${error.message}\n`);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 0 : 1)));
