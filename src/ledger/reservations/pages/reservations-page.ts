import { type PersonSummary, personPath } from '#addressees/persons';
import { addDays, type Day, formatIsoDay } from '#kernel';
import {
  button,
  buttonLink,
  type Column,
  dayField,
  dayText,
  emptyState,
  filterForm,
  formatCount,
  formatDay,
  type Html,
  html,
  pageHead,
  panel,
  table,
} from '#platform/pages';
import type { Reservation } from '../types.ts';
import { dayPath, prioritiesPath, reservationsPath } from './paths.ts';

/** A reservation with whose it is and the words for its vaccination. */
export interface ReservationLine extends Reservation {
  readonly person: PersonSummary | null;
  readonly what: string;
}

/** Who is expected where on a day, by venue and time. */
export function dayPage(view: {
  readonly on: Day;
  readonly lines: readonly ReservationLine[];
  readonly error: string | null;
}): Html {
  const { on, lines } = view;
  const ask = filterForm(
    { action: reservationsPath, label: '予約の日', isSearch: true },
    html`${dayField({ name: 'on', label: '予約の日', value: formatIsoDay(on), error: view.error, width: 20, size: 'small' })}${button('この日を見る', { icon: 'search', size: 'small' })}${buttonLink('前の日', dayPath(addDays(on, -1)), { size: 'small' })}${buttonLink('次の日', dayPath(addDays(on, 1)), { size: 'small' })}`,
  );
  const actions = buttonLink('優先接種希望者', prioritiesPath, { size: 'small', icon: 'people' });
  const lead = '予約のファイルを取り込むと、その日に来る人が会場と時刻の順に並びます。取り消された予約は出ません。';
  return html`${pageHead('接種の予約', { lead, actions })}${ask}${panel(
    { title: `${formatDay(on)}　${formatCount(lines.length)}件`, icon: 'calendar', isFlush: true },
    table<ReservationLine>({
      caption: 'この日の予約',
      density: 'dense',
      rows: lines,
      whenEmpty: emptyState('この日の予約はありません', undefined, 'calendar'),
      columns: [
        { label: '会場', cell: (one) => one.venue ?? '－' },
        { label: '時刻', isNoWrap: true, cell: (one) => one.atTime ?? '－' },
        ...personColumns,
        { label: '予防接種', cell: (one) => one.what },
        { label: '予約番号', isNoWrap: true, cell: (one) => html`<span class="mono">${one.number}</span>` },
      ],
    }),
  )}`;
}

/** Who asked to come first, by class and the day of asking. */
export function prioritiesPage(view: {
  readonly lines: readonly ReservationLine[];
  readonly nextHref: string | null;
}): Html {
  const actions = buttonLink('接種の予約', reservationsPath, { size: 'small', icon: 'calendar' });
  const lead = '優先して接種を受けたいと申し出た人です。優先区分と申出日の順に並びます。';
  const next = view.nextHref !== null && buttonLink('次のページ', view.nextHref, { size: 'small', icon: 'arrowRight' });
  return html`${pageHead('優先接種希望者', { lead, actions })}${panel(
    { title: '優先接種希望者', icon: 'people', isFlush: true, foot: next },
    table<ReservationLine>({
      caption: '優先接種希望者',
      density: 'dense',
      rows: view.lines,
      whenEmpty: emptyState('申し出た人はいません', undefined, 'people'),
      columns: [
        { label: '優先区分', cell: (one) => one.priorityClass },
        { label: '申出日', isNoWrap: true, cell: (one) => dayText(one.onDay, { isShort: true }) },
        ...personColumns,
        { label: '予防接種', cell: (one) => one.what },
        { label: '受付番号', isNoWrap: true, cell: (one) => html`<span class="mono">${one.number}</span>` },
      ],
    }),
  )}`;
}

const personColumns: readonly Column<ReservationLine>[] = [
  {
    label: '人',
    isRowHeader: true,
    cell: ({ person }) =>
      person === null
        ? html`<span class="soft">見られません</span>`
        : html`<a href="${personPath(person.personId)}">${person.name === '' ? person.kana : person.name}</a> <span class="small soft">${person.kana}</span>`,
  },
  { label: '生年月日', isNoWrap: true, cell: ({ person }) => person?.birthText },
];

/** What of a person stands in the lists, for the person's page; null where nothing does. */
export function reservationsPanel(lines: readonly Pick<ReservationLine, keyof Reservation | 'what'>[]): Html | null {
  if (lines.length === 0) return null;
  const items = lines.map((one) => {
    const when = html`${dayText(one.onDay)}${one.atTime !== null && ` ${one.atTime}`}`;
    return one.kind === 'reservation'
      ? html`<li><b>予約</b>　<a href="${dayPath(one.onDay)}">${when}</a>　${one.what}　${one.venue}</li>`
      : html`<li><b>優先接種の希望</b>　${one.what}　${one.priorityClass}　<span class="soft">${when}に申出</span></li>`;
  });
  return panel({ title: '予約と希望', icon: 'calendar' }, html`<ul>${items}</ul>`);
}
