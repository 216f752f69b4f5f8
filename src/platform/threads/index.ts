export { openThreads, serveThread, type Threads } from './threads.ts';
