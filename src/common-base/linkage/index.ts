export { bytesSource, digestFeed, fileSource } from './feed-source.ts';
export {
  addFeedRunRows,
  beginFeedRun,
  type BegunFeedRun,
  failFeedRun,
  type FeedRun,
  type FeedRunRow,
  type FeedRunStart,
  findFeedRun,
  finishFeedRun,
  listFeedRunRows,
  listFeedRuns,
} from './feed-runs.ts';
export { loadLayout } from './load-layout.ts';
export { parseLayout, type ReadCodes } from './parse-layout.ts';
export { readFeed, type ReadFeedOptions } from './read-feed.ts';
export type { FeedRow, FeedSource, ImportResult, Layout, LayoutColumn } from './types.ts';
