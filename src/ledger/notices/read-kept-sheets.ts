import { readFile } from '#platform/files';
import type { Tx } from '#platform/postgres';
import { type KeptSheets, unpackSheets } from './kept-sheets.ts';
import { findSheetsFile } from './print-store.ts';

/** What the pages of a part of a print job were drawn from; undefined for files printed before that was kept. */
export async function findKeptSheets(tx: Tx, printJobId: number, part: number): Promise<KeptSheets | undefined> {
  const fileId = (await findSheetsFile(tx, printJobId, part))?.sheetsFileId ?? null;
  return fileId === null ? undefined : readKeptSheets(tx, fileId);
}

/** Reads the kept sheets of a file (`sheetsFileId`). */
export async function readKeptSheets(tx: Tx, sheetsFileId: number): Promise<KeptSheets> {
  return unpackSheets(Buffer.concat(await Array.fromAsync(readFile(tx, sheetsFileId))));
}
