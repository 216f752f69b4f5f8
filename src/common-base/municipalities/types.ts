import type { LgCode } from '#kernel';

/** A municipality that this installation serves. */
export interface Municipality {
  readonly lgCode: LgCode;
  readonly name: string;
  readonly prefecture: string;
  /** An invented one: every page says so, and no real person's data may enter. */
  readonly isDemonstration: boolean;
}

/** One file of a municipality's settings folder. */
export interface SettingsFile {
  /** Path below the folder, with forward slashes. */
  readonly path: string;
  readonly content: string;
  /** SHA-256 of the content, hexadecimal. */
  readonly digest: string;
}

/** The settings documents in force: path to digest; what was withdrawn is absent. */
export type SettingsInForce = ReadonlyMap<string, { readonly version: number; readonly digest: string }>;

/** What must be appended so that the stored settings are those of the folder; content null withdraws a file. */
export interface SettingsChange {
  readonly path: string;
  readonly version: number;
  readonly digest: string;
  readonly content: string | null;
}
