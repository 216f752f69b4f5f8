export { type CatalogueItem, catalogueItems, type ItemSubject } from './catalogue-items.ts';
export { copyRecords } from './copy-records.ts';
export {
  addFeedRunRows,
  type BegunFeedRun,
  beginFeedRun,
  type FeedRun,
  type FeedRunRow,
  type FeedRunStart,
  failFeedRun,
  findFeedRun,
  findOpenFeedRun,
  finishFeedRun,
  keepFeedRunProgress,
  listFeedRunRows,
  listFeedRuns,
} from './feed-runs.ts';
export { bytesSource, digestFeed, fileSource } from './feed-source.ts';
export {
  type ItemCatalogue,
  listUndeclared,
  loadItemCatalogue,
  refuseUndeclared,
} from './item-catalogue.ts';
export { findKeptLayout, keepLayout, type LayoutOrigin, listLayouts, type NamedLayout } from './kept-layouts.ts';
export { layoutColumnsOf, readWritten, type WrittenColumn, type WrittenLayout } from './layout-schema.ts';
export type { LayoutShape } from './layout-shape.ts';
export { type FormerLayout, findFormerLayout, type LayoutInUse, loadLayoutInUse } from './layout-texts.ts';
export { findLayoutText, loadLayout, readLayout } from './load-layout.ts';
export { strikeNumbersBox, strikeNumbersField } from './pages/strike-numbers-box.ts';
export { type ReadCodes } from './parse-layout.ts';
export { proposeLayout, readFirstLine } from './propose-layout.ts';
export { readAhead } from './read-ahead.ts';
export { type ReadFeedOptions, readFeed } from './read-feed.ts';
export { type ImportFigures, isDeadlock, lockFeeds, nameFields, noteDecided, noteRows, runFeed } from './run-feed.ts';
export { withoutNumbersInWords } from './take-without-numbers.ts';
export type { FeedRow, FeedSource, ImportResult, Layout, LayoutColumn } from './types.ts';
export { writeRunRowsCsv } from './write-run-rows-csv.ts';
