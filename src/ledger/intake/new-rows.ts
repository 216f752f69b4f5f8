import { recordPersonsTouched } from '#common-base/audit';
import type { BatchId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { insertStagedRows, personsOfPages, stagedPage, stageRows } from './store.ts';
import type { CheckedRow } from './types.ts';

/** What a batch's rows add up to. */
export interface RowFigures {
  accepted: number;
  questioned: number;
  refused: number;
  unmappedCharacters: number;
}

/** So many pages at a time their people are put into the log: in between, while others are judged. */
const pagesPerLogging = 4;

/** Writes the checked rows of a new batch page by page, with the people whom they speak of in the log. */
export class NewRows {
  readonly figures: RowFigures = { accepted: 0, questioned: 0, refused: 0, unmappedCharacters: 0 };
  private readonly tx: Tx;
  private readonly batchId: BatchId;
  private readonly actId: number;
  private written = 0;
  private logged = 0;

  /** `actId` is the act, recorded in this transaction, under which the rows came. */
  constructor(tx: Tx, batchId: BatchId, actId: number) {
    this.tx = tx;
    this.batchId = batchId;
    this.actId = actId;
  }

  /** Makes what is written of a page; the answer writes it. */
  prepare(rows: readonly CheckedRow[], page: number): () => Promise<void> {
    for (const { answer, row } of rows) {
      this.figures[answer] += 1;
      this.figures.unmappedCharacters += row.feed?.unmappedCharacters ?? 0;
    }
    const bytes = stagedPage(this.tx.lgCode, this.batchId, page, rows);
    return async () => {
      await stageRows(this.tx, bytes);
      await insertStagedRows(this.tx, this.batchId, page);
      this.written = page;
      if (page - this.logged >= pagesPerLogging) await this.logPeople();
    };
  }

  /** Puts the people of the pages into the log that are not in it yet. */
  async logPeople(): Promise<void> {
    if (this.written === this.logged) return;
    const pages = [this.logged + 1, this.written];
    await recordPersonsTouched(this.tx, this.actId, personsOfPages, [this.tx.lgCode, this.batchId, ...pages]);
    this.logged = this.written;
  }
}
