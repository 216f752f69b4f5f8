import { type Day, type Finding, findIsoDay, finding } from '#kernel';
import type { ProvisionBasis } from './provisions/parse-provisions.ts';
import type { ExportColumn, ExportSet, Medium, OversightSettings } from './types.ts';

/** A request as typed. */
export interface AskedExport {
  readonly setKey: string;
  readonly columns: readonly string[];
  readonly dayFrom: string;
  readonly dayTo: string;
  readonly mediumId: number;
  readonly recipient: string;
  /** The row of the table of provisions that allows it. */
  readonly provision: string;
  readonly eraseBy: string;
}

/** Half a year: what is needed longer is asked for again. */
const eraseWithinDaysMax = 183;

/** The columns of a set that the municipality published, in their order. */
export function publishedColumns(set: ExportSet, settings: OversightSettings): readonly ExportColumn[] {
  if (settings.published === null) return set.columns;
  const published = settings.published[set.key] ?? [];
  return set.columns.filter(({ key }) => published.includes(key));
}

/** The sets of which anything may go out. */
export function publishedSets(sets: readonly ExportSet[], settings: OversightSettings): readonly ExportSet[] {
  return sets.filter((set) => publishedColumns(set, settings).length > 0);
}

/** What forbids an export: what was asked, on which medium, at which terminal. All at once. */
export function findExportFaults(
  asked: AskedExport,
  known: {
    readonly sets: readonly ExportSet[];
    readonly settings: OversightSettings;
    readonly medium: Medium | undefined;
    /** Data may be taken out at the terminal of whoever asks. */
    readonly isAtTerminal: boolean;
    readonly today: Day;
    /** The rows of the table by which data may be taken out today. */
    readonly bases: readonly ProvisionBasis[];
  },
): Finding[] {
  const { settings, medium, today } = known;
  const faults: Finding[] = [];
  const fault = (code: string, field: string | null): void => {
    faults.push(finding(code, 'refuse', field));
  };
  if (!known.isAtTerminal) fault('exportTerminalForbidden', null);
  const set = known.sets.find(({ key }) => key === asked.setKey);
  const published = set === undefined ? [] : publishedColumns(set, settings).map(({ key }) => key);
  if (published.length === 0) fault('exportSetUnknown', 'setKey');
  else if (asked.columns.length === 0) fault('exportColumnsMissing', 'columns');
  else if (!asked.columns.every((column) => published.includes(column))) fault('exportColumnForbidden', 'columns');
  const [from, to] = [asked.dayFrom, asked.dayTo].map((text) => (text === '' ? null : findIsoDay(text)));
  if (from === undefined) fault('exportDayUnreadable', 'dayFrom');
  if (to === undefined) fault('exportDayUnreadable', 'dayTo');
  if (typeof from === 'number' && typeof to === 'number' && to < from) fault('exportDaysCrossed', 'dayTo');
  if (medium === undefined || medium.disposedAt !== null) fault('exportMediumUnknown', 'mediumId');
  if (asked.recipient.trim() === '') fault('exportRecipientMissing', 'recipient');
  if (!known.bases.some(({ id }) => id === asked.provision)) fault('exportBasisMissing', 'provision');
  const eraseBy = findIsoDay(asked.eraseBy);
  if (eraseBy === undefined || eraseBy < today || eraseBy > today + eraseWithinDaysMax) {
    fault('exportEraseByUnfit', 'eraseBy');
  }
  return faults;
}
