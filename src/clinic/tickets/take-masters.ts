import { foldLotNumber } from '#formats';
import type { MastersMessage, MastersOfVersion1 } from '#messages';
import type { Tx } from '#platform/postgres';

/** Puts the office's whole lists of institutions, packages and lots in the place of the former ones. */
export async function takeMasters(tx: Tx, message: MastersMessage | MastersOfVersion1): Promise<void> {
  await tx.client.query('DELETE FROM clinic_institutions WHERE lg_code = $1', [tx.lgCode]);
  await tx.client.query(
    `INSERT INTO clinic_institutions (lg_code, institution_code, name, contracts)
     SELECT $1, i.institution_code, i.name, i.contracts
       FROM jsonb_to_recordset($2::jsonb) AS i (institution_code text, name text, contracts jsonb)`,
    [
      tx.lgCode,
      JSON.stringify(
        message.institutions.map(({ institutionCode, name, contracts }) => {
          return { institution_code: institutionCode, name, contracts };
        }),
      ),
    ],
  );
  await tx.client.query('DELETE FROM vaccine_packages WHERE lg_code = $1', [tx.lgCode]);
  await tx.client.query(
    `INSERT INTO vaccine_packages (lg_code, gtin, product, manufacturer_code)
     SELECT $1, p.gtin, p.product, p.manufacturer_code
       FROM jsonb_to_recordset($2::jsonb) AS p (gtin text, product text, manufacturer_code text)`,
    [
      tx.lgCode,
      JSON.stringify(
        message.packages.map(({ gtin, product, manufacturerCode }) => {
          return { gtin, product, manufacturer_code: manufacturerCode };
        }),
      ),
    ],
  );
  await tx.client.query('DELETE FROM known_lots WHERE lg_code = $1', [tx.lgCode]);
  await tx.client.query(
    `INSERT INTO known_lots (lg_code, product, lot_number, expires_on)
     SELECT $1, l.product, l.lot_number, l.expires_on
       FROM jsonb_to_recordset($2::jsonb) AS l (product text, lot_number text, expires_on date) ON CONFLICT DO NOTHING`,
    [
      tx.lgCode,
      JSON.stringify(
        message.lots.map(({ product, lotNumber, expiresOn }) => {
          return { product, lot_number: foldLotNumber(lotNumber), expires_on: expiresOn };
        }),
      ),
    ],
  );
  await tx.client.query('DELETE FROM recalled_lots WHERE lg_code = $1', [tx.lgCode]);
  await tx.client.query(
    `INSERT INTO recalled_lots (lg_code, product, lot_number, recalled_on, reason)
     SELECT $1, r.product, r.lot_number, r.recalled_on, r.reason
       FROM jsonb_to_recordset($2::jsonb) AS r (product text, lot_number text, recalled_on date, reason text)
      ORDER BY r.recalled_on ON CONFLICT DO NOTHING`,
    [
      tx.lgCode,
      JSON.stringify(
        message.recalls.map(({ product, lotNumber, recalledOn, reason }) => {
          return { product, lot_number: foldLotNumber(lotNumber), recalled_on: recalledOn, reason };
        }),
      ),
    ],
  );
}
