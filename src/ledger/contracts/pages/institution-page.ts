import type { Day } from '#kernel';
import {
  dataList,
  dayText,
  emptyState,
  errorSummary,
  type FormError,
  formatWesternDay,
  type Html,
  html,
  instantText,
  pageHead,
  panel,
  statusTag,
  table,
} from '#platform/pages';
import type { ContractVersion } from '../types.ts';
import { institutionPath } from './paths.ts';

/** What the page of one institution shows. */
export interface InstitutionPageView {
  readonly versions: readonly ContractVersion[];
  readonly today: Day;
  readonly programmeName: (programme: string) => string;
  readonly mayUpdate: boolean;
  readonly errors: readonly FormError[];
  /** The form below; null where nothing may be changed. */
  readonly form: Html | null;
}

/** One institution: where it is, its contracts as they hold, and how they came to be so. */
export function institutionPage(view: InstitutionPageView): Html {
  const [newest] = view.versions;
  const latest = view.versions.filter((one) => one.isLatest).toSorted((a, b) => fromOf(b) - fromOf(a));
  const place = dataList([
    ['医療機関コード', html`<span class="mono">${newest?.institutionCode}</span>`],
    ['郵便番号', newest?.postalCode],
    ['所在地', newest?.address],
    ['電話番号', newest?.phone],
    ...(view.mayUpdate ? [['振込先', newest === undefined ? null : accountText(newest)] as const] : []),
  ]);
  return html`${pageHead(newest?.name ?? '', { lead: '契約の期間と範囲です。変えても前の版は残り、前の記録の意味は変わりません。' })}${errorSummary(view.errors)}${panel({ title: '医療機関', icon: 'info' }, place)}${panel(
    { title: '契約', icon: 'list', isFlush: true },
    table<ContractVersion>({
      caption: '契約',
      density: 'dense',
      rows: latest,
      whenEmpty: emptyState('契約はまだ登録されていません'),
      columns: [
        { label: '期間', isRowHeader: true, cell: (one) => spanText(one) },
        { label: '範囲', cell: (one) => scopeText(one, view.programmeName) },
        { label: '今日', isNoWrap: true, cell: (one) => stateTag(one, view.today) },
        { label: '登録', cell: (one) => html`${one.recordedByName}<br>${instantText(one.recordedAt)}` },
        ...(view.mayUpdate ? [changeColumn] : []),
      ],
    }),
  )}${view.form}${panel(
    { title: '変更の経過', icon: 'history', isFlush: true },
    table<ContractVersion>({
      caption: '変更の経過',
      density: 'dense',
      rows: view.versions,
      columns: [
        { label: '登録した日時', isRowHeader: true, isNoWrap: true, cell: (one) => instantText(one.recordedAt) },
        { label: '期間', cell: (one) => spanText(one) },
        { label: '範囲', cell: (one) => scopeText(one, view.programmeName) },
        { label: '名前', cell: (one) => one.name },
        {
          label: '理由',
          cell: (one) => (one.isRetired ? html`取り下げ　${one.reason}` : (one.reason ?? '')),
        },
        { label: '登録者', cell: (one) => one.recordedByName },
      ],
    }),
  )}`;
}

const changeColumn = {
  label: 'すること',
  cell: (one: ContractVersion) =>
    html`<a href="${institutionPath(one.institutionCode, one.versionId)}" aria-label="${spanLabel(one)}からの契約を変える">変える</a>`,
};

function fromOf(one: ContractVersion): number {
  return one.contractedFrom ?? Number.NEGATIVE_INFINITY;
}

function accountText(one: ContractVersion): string {
  return [one.bankCode, one.branchCode, one.accountKind, one.accountNumber, one.accountHolderKana]
    .filter((part) => part !== null && part !== '')
    .join('　');
}

function spanText({ contractedFrom: from, contractedTo: to }: ContractVersion): Html {
  return html`<span class="nowrap">${from === null ? '始めから' : dayText(from, { isShort: true })}～</span><span class="nowrap">${to !== null && dayText(to, { isShort: true })}</span>`;
}

function spanLabel({ contractedFrom: from }: ContractVersion): string {
  return from === null ? '始めから' : formatWesternDay(from);
}

function scopeText({ programmes }: ContractVersion, nameOf: (programme: string) => string): string {
  return programmes === null ? 'すべての予防接種' : programmes.map(nameOf).join('、');
}

function stateTag(one: ContractVersion, today: Day): Html {
  if (one.isRetired) return statusTag('取り下げ', 'neutral', 'cross');
  const { contractedFrom: from, contractedTo: to } = one;
  if (from !== null && today < from) return statusTag('これから', 'info', 'clock');
  return to === null || today <= to
    ? statusTag('契約中', 'success', 'check')
    : statusTag('終わった契約', 'neutral', 'dash');
}
