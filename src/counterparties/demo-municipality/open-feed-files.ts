import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeCp932 } from '#formats';
import { Conflict } from '#kernel';
import type { FeedName } from './render-block.ts';

/** The open files of a demonstration. Under their names they appear only when all are whole. */
export interface FeedFiles {
  write(feed: FeedName, text: string): Promise<void>;
  finish(): Promise<void>;
  /** Closes and removes what was begun. */
  abandon(): Promise<void>;
}

type Names = Readonly<Record<FeedName, string>>;

/** Opens all files beside their final names. */
export async function openFeedFiles(folder: string, names: Names): Promise<FeedFiles> {
  const handles = new Map<FeedName, FileHandle>();
  const halfOf = (feed: FeedName): string => join(folder, `${names[feed]}.half`);
  const closeAll = async (): Promise<void> => {
    for (const handle of handles.values()) await handle.close();
  };
  const files: FeedFiles = {
    async write(feed, text) {
      const bytes = feed === 'clinicRecordsCp932' ? encodeCp932(text).bytes : text;
      await handles.get(feed)?.appendFile(bytes);
    },
    async finish() {
      for (const handle of handles.values()) await handle.sync();
      await closeAll();
      for (const feed of handles.keys()) await rename(halfOf(feed), join(folder, names[feed]));
    },
    async abandon() {
      await closeAll();
      for (const feed of handles.keys()) await rm(halfOf(feed), { force: true });
    },
  };
  try {
    for (const feed of Object.keys(names) as FeedName[]) handles.set(feed, await open(halfOf(feed), 'w'));
  } catch (error) {
    await files.abandon();
    throw error;
  }
  return files;
}

/** Refuses a folder with files of these names that no demonstration wrote: they may be a real municipality's. */
export async function refuseOtherFiles(folder: string, names: Names): Promise<void> {
  const present = new Set(await readdir(folder));
  if (present.has(names.plantedFaults)) return;
  const other = Object.values(names).find((name) => present.has(name));
  if (other === undefined) return;
  throw new Conflict(
    `${join(folder, other)} がすでにあり、デモンストレーションのファイルではないようです。空のフォルダーを指定してください。`,
  );
}
