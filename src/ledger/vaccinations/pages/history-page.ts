import { type PersonSummary, personPath } from '#addressees/persons';
import type { EntryId } from '#kernel';
import {
  button,
  buttonLink,
  dayField,
  dayText,
  emptyState,
  filterForm,
  type Html,
  html,
  instantText,
  pageHead,
  panel,
  statusTag,
  table,
  textField,
} from '#platform/pages';
import { deriveChangedItems, type RecordWording } from '../derive-changed-items.ts';
import type { LedgerEntry } from '../types.ts';
import { changesPath, recordPath, recordsPath } from './paths.ts';

/** One line of an 異動リスト: the entry, what it replaces, and whose it is (null on the person's own list). */
export interface ChangeLine {
  readonly entry: LedgerEntry;
  readonly before: LedgerEntry | null;
  readonly person: PersonSummary | null;
}

/** The lines of an 異動リスト as a table; newest first. */
function changesTable(lines: readonly ChangeLine[], words: RecordWording, whenEmpty: Html): Html {
  const hasPerson = lines.some((line) => line.person !== null);
  return table<ChangeLine>({
    caption: '異動リスト',
    density: 'dense',
    rows: lines,
    whenEmpty,
    columns: [
      { label: '登録日時', isNoWrap: true, cell: ({ entry }) => instantText(entry.recordedAt) },
      { label: '異動', isNoWrap: true, cell: ({ entry }) => kindTag(entry) },
      ...(hasPerson
        ? [
            {
              label: '人',
              cell: ({ person }: ChangeLine) =>
                person !== null &&
                html`<a href="${personPath(person.personId)}">${person.name === '' ? person.kana : person.name}</a> <span class="mono small">${person.addresseeNumber}</span>`,
            },
          ]
        : []),
      { label: '記録', isRowHeader: true, cell: (line) => recordTitle(line, words) },
      { label: '変わったこと', cell: (line) => changedCell(line, words) },
      { label: '理由', cell: ({ entry }) => entry.reason },
      { label: '登録した人', cell: ({ entry }) => entry.recordedByName },
    ],
  });
}

function kindTag(entry: LedgerEntry): Html {
  if (entry.kind === 'retraction') return statusTag('取消', 'error', 'cross');
  return entry.kind === 'correction' ? statusTag('訂正', 'warning', 'file') : statusTag('登録', 'neutral', 'check');
}

function recordTitle({ entry, before }: ChangeLine, words: RecordWording): Html {
  const fact = entry.fact ?? before?.fact ?? null;
  const id = entry.fact === null ? (before?.entryId ?? entry.entryId) : entry.entryId;
  const title = fact === null ? '記録' : words.stage(fact.programme, fact.stage);
  return html`<a href="${recordPath(entry.personId, id)}">${title}</a>${fact !== null && html`<br>${dayText(fact.vaccinatedOn, { isShort: true })}`}`;
}

function changedCell({ entry, before }: ChangeLine, words: RecordWording): Html | null {
  if (entry.kind !== 'correction' || entry.fact === null || before === null || before.fact === null) return null;
  const items = deriveChangedItems(before.fact, entry.fact, words);
  return html`<ul>${items.map((item) => html`<li>${item.label}　${item.before ?? '（空）'} → <b>${item.after ?? '（空）'}</b></li>`)}</ul>`;
}

/** The page of a person's entries: what the ledger said on a day, and every change. */
export function historyPage(view: {
  readonly person: PersonSummary;
  readonly lines: readonly ChangeLine[];
  readonly words: RecordWording;
  /** The day typed, and what the ledger said at its end; null where no day was asked. */
  readonly onText: string;
  readonly onError: string | null;
  readonly said: Html | null;
}): Html {
  const { person } = view;
  const ask = filterForm(
    { action: recordsPath(person.personId), label: 'その日の台帳' },
    html`${dayField({ name: 'on', label: 'いつの台帳を見ますか', value: view.onText, error: view.onError, hint: 'その日の終わりに台帳が何と言っていたかを見ます', width: 20, size: 'small' })}${button('その日の台帳を見る', { icon: 'history', size: 'small' })}`,
  );
  const empty = emptyState('この人の接種の記録はまだありません');
  const lead = `${person.name === '' ? person.kana : person.name}　宛名番号 ${person.addresseeNumber}`;
  return html`${pageHead('接種記録の異動リスト', { lead, actions: view.said !== null && buttonLink('今の記録だけにする', recordsPath(person.personId), { size: 'small' }) })}${ask}${view.said}${panel(
    {
      title: `すべての登録・訂正・取消　${view.lines.length}`,
      icon: 'history',
      isFlush: true,
      class: 'may-break',
    },
    changesTable(view.lines, view.words, empty),
  )}`;
}

/** Corrections and retractions of all people in a span of days. */
export function changesPage(view: {
  readonly fromText: string;
  readonly toText: string;
  readonly error: string | null;
  readonly lines: readonly ChangeLine[];
  readonly words: RecordWording;
  readonly next: EntryId | null;
}): Html {
  const { fromText, toText, next } = view;
  const ask = filterForm(
    { action: changesPath, label: '期間' },
    html`${textField({ name: 'from', label: 'いつから', value: fromText, error: view.error, width: 10, size: 'small' })}${textField({ name: 'to', label: 'いつまで', value: toText, width: 10, size: 'small' })}${button('この期間を見る', { icon: 'search', size: 'small' })}`,
  );
  const more =
    next !== null &&
    buttonLink(
      '次のページ',
      `${changesPath}?${new URLSearchParams({ from: fromText, to: toText, after: String(next) }).toString()}`,
      {
        size: 'small',
        icon: 'arrowRight',
      },
    );
  const empty = emptyState('この期間に、訂正と取消はありません', undefined, 'checkCircle');
  return html`${pageHead('異動リスト', { lead: '接種記録の訂正と取消を、だれが、なぜしたかとともに並べます。そのまま印刷できます。' })}${ask}${panel(
    {
      title: '訂正と取消',
      aside: html`<span class="soft">${fromText}～${toText}</span>`,
      icon: 'history',
      isFlush: true,
      foot: more,
      class: 'may-break',
    },
    changesTable(view.lines, view.words, empty),
  )}`;
}
