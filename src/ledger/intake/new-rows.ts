import { recordPersonsTouched } from '#common-base/audit';
import type { BatchId, PersonId } from '#kernel';
import { columnParameter, type Tx } from '#platform/postgres';
import { BatchLots } from './batch-lots.ts';
import { insertRows, newRowParameters } from './checked-rows-store.ts';
import { ArrivedRowCounts } from './row-counts-store.ts';
import type { CheckedRow } from './types.ts';

/** What a batch's rows add up to. */
export interface RowFigures {
  accepted: number;
  questioned: number;
  refused: number;
  unmappedCharacters: number;
}

/** So many people at a time are put into the log: in between, while others are judged. */
const peoplePerLogging = 5000;

/** Writes the checked rows of a new batch page by page, with the people whom they speak of in the log. */
export class NewRows {
  readonly figures: RowFigures = { accepted: 0, questioned: 0, refused: 0, unmappedCharacters: 0 };
  private readonly tx: Tx;
  private readonly batchId: BatchId;
  private readonly actId: number;
  private readonly lots = new BatchLots();
  private readonly counts = new ArrivedRowCounts();
  private readonly logged = new Set<PersonId>();
  private unlogged: PersonId[] = [];

  /** `actId` is the act, recorded in this transaction, under which the rows came. */
  constructor(tx: Tx, batchId: BatchId, actId: number) {
    this.tx = tx;
    this.batchId = batchId;
    this.actId = actId;
  }

  /** Makes what is written of a page; the answer writes it. */
  async prepare(rows: readonly CheckedRow[]): Promise<() => Promise<void>> {
    for (const checked of rows) {
      const { answer, row } = checked;
      this.figures[answer] += 1;
      this.counts.add(checked);
      this.figures.unmappedCharacters += row.feed?.unmappedCharacters ?? 0;
      this.lots.add(row.ordinal, row.fields['lotNumber']);
    }
    const parameters = await newRowParameters(rows);
    const people = rows.flatMap(({ personId }) => personId ?? []);
    return async () => {
      await insertRows(this.tx, this.batchId, parameters);
      for (const personId of people) {
        if (this.logged.has(personId)) continue;
        this.logged.add(personId);
        this.unlogged.push(personId);
      }
      if (this.unlogged.length >= peoplePerLogging) await this.logPeople();
    };
  }

  /** After the last page: the people who are not in the log yet, how many rows are alike, and which name which lot. */
  async finish(): Promise<void> {
    await this.logPeople();
    await this.counts.write(this.tx, this.batchId);
    await this.lots.write(this.tx, this.batchId);
  }

  /** Puts the people of the pages into the log that are not in it yet. */
  private async logPeople(): Promise<void> {
    if (this.unlogged.length === 0) return;
    const people = columnParameter('bigint', this.unlogged);
    this.unlogged = [];
    await recordPersonsTouched(this.tx, this.actId, 'SELECT unnest($1::bigint[]) AS person_id', [people], {
      areUnnamed: true,
    });
  }
}
