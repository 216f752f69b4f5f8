export { type News, publish, publishMany, takeNews } from './publish.ts';
