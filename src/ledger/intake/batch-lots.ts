import { foldLotNumber } from '#formats';
import type { BatchId } from '#kernel';
import type { Tx } from '#platform/postgres';

/** So many lots go into one statement: a file names some hundred, a broken one as many as it has rows. */
const lotsPerStatement = 5000;

/** Which rows of a new batch name which lot, gathered while they are checked: a recall asks for them by the lot. */
export class BatchLots {
  private readonly rowsOf = new Map<string, number[]>();
  private readonly bySpelling = new Map<string, number[] | null>();

  /** Notes what a row says of its lot; every spelling is folded once. */
  add(ordinal: number, lotNumber: string | null | undefined): void {
    if (!lotNumber) return;
    let rows = this.bySpelling.get(lotNumber);
    if (rows === undefined) {
      rows = this.rowsOfLot(foldLotNumber(lotNumber));
      this.bySpelling.set(lotNumber, rows);
    }
    rows?.push(ordinal);
  }

  /** Writes the lots of the batch, once, after its last row. */
  async write(tx: Tx, batchId: BatchId): Promise<void> {
    const lots = [...this.rowsOf];
    for (let i = 0; i < lots.length; i += lotsPerStatement) {
      const some = lots.slice(i, i + lotsPerStatement);
      await tx.client.query(
        `INSERT INTO intake_batch_lots (lg_code, batch_id, lot_key, ordinals)
         SELECT $1, $2, l.lot_key, l.ordinals::integer[] FROM unnest($3::text[], $4::text[]) AS l(lot_key, ordinals)`,
        [
          tx.lgCode,
          batchId,
          some.map(([lotKey]) => lotKey),
          // Rows of one person come together, not in the order of the file.
          some.map(([, rows]) => `{${rows.toSorted((a, b) => a - b).join(',')}}`),
        ],
      );
    }
  }

  /** Null for what holds nothing but blanks and hyphens. */
  private rowsOfLot(lotKey: string): number[] | null {
    if (lotKey === '') return null;
    const known = this.rowsOf.get(lotKey);
    if (known !== undefined) return known;
    const rows: number[] = [];
    this.rowsOf.set(lotKey, rows);
    return rows;
  }
}
