import type { Day } from '#kernel';
import {
  button,
  buttonLink,
  type Choice,
  type Column,
  checkbox,
  dayField,
  dayText,
  dayValue,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  filterForm,
  type Html,
  hiddenField,
  html,
  instantText,
  pageHead,
  panel,
  postForm,
  selectField,
  statusTag,
  table,
  textField,
} from '#platform/pages';
import { type MasterEntry, type MasterKind, masterKinds } from '../types.ts';

/** The masters of the municipality. */
export const mastersPath = '/masters';

/** One master's entries. */
export function masterPath(kind: MasterKind, masterEntryId: number | null = null): string {
  return masterEntryId === null ? `${mastersPath}/${kind}` : `${mastersPath}/${kind}?entry=${masterEntryId}`;
}

/** What stands in the form of an entry, as text. */
export interface MasterForm {
  readonly code: string;
  readonly owner: string;
  readonly name: string;
  readonly validFrom: string;
  readonly validTo: string;
  readonly note: string;
  readonly recalledOn: string;
  readonly recallReason: string;
  readonly isRetired: boolean;
}

/** The form of an entry as it stands. */
export function formOfMaster(entry: MasterEntry | null): MasterForm {
  return {
    code: entry?.code ?? '',
    owner: entry?.owner ?? '',
    name: entry?.name ?? '',
    validFrom: dayValue(entry?.validFrom),
    validTo: dayValue(entry?.validTo),
    note: entry?.note ?? '',
    recalledOn: dayValue(entry?.recall?.on),
    recallReason: entry?.recall?.reason ?? '',
    isRetired: entry?.isRetired ?? false,
  };
}

/** One master: its entries, and the form for a new one or a changed one. */
export interface MastersPageView {
  readonly kind: MasterKind;
  readonly entries: readonly MasterEntry[];
  readonly text: string;
  readonly nextHref: string | null;
  readonly today: Day;
  readonly products: readonly Choice[];
  readonly mayUpdate: boolean;
  /** The entry being changed; null for a new one. */
  readonly entry: MasterEntry | null;
  readonly form: MasterForm;
  readonly errors: readonly FormError[];
  /** The page that tells where a lot went; null for whom it is closed. */
  readonly lotTraceOf: ((lot: string) => string) | null;
  readonly csrfToken: string;
}

/** The page of one master. */
export function mastersPage(view: MastersPageView): Html {
  const words = masterKinds[view.kind];
  const tabs = (Object.keys(masterKinds) as MasterKind[]).map((kind) =>
    kind === view.kind
      ? html`<b aria-current="page">${masterKinds[kind].name}</b>`
      : html`<a href="${masterPath(kind)}">${masterKinds[kind].name}</a>`,
  );
  const look = filterForm(
    { action: masterPath(view.kind), label: 'マスタをさがす', isSearch: true },
    html`${textField({ name: 'text', label: 'コードの先頭、名前の一部', value: view.text, width: 20, size: 'small' })}${button('さがす', { icon: 'search', size: 'small' })}`,
  );
  return html`${pageHead(`マスタ　${words.name}`, { lead: '有効期間のあるマスタです。変えても前の版は残り、前の記録の意味は変わりません。' })}${errorSummary(view.errors)}<nav class="row" aria-label="マスタの種類">${tabs}</nav>${look}${panel(
    {
      title: words.name,
      icon: 'list',
      isFlush: true,
      foot: view.nextHref !== null && buttonLink('次のページ', view.nextHref, { size: 'small', icon: 'arrowRight' }),
    },
    masterTable(view),
  )}${view.mayUpdate && formPanel(view)}`;
}

function masterTable(view: MastersPageView): Html {
  const words = masterKinds[view.kind];
  const ownerName = (owner: string) => view.products.find((one) => one.value === owner)?.label ?? owner;
  return table<MasterEntry>({
    caption: words.name,
    density: 'dense',
    rows: view.entries,
    whenEmpty: emptyState(
      `${words.name}のマスタはまだありません`,
      html`<p>下で登録します。マスタにないものは、記録に文字のまま残せます。</p>`,
    ),
    columns: [
      {
        label: words.code,
        isRowHeader: true,
        cell: (one) =>
          view.mayUpdate
            ? html`<a class="mono" href="${masterPath(view.kind, one.masterEntryId)}#master-form">${one.code}</a>`
            : html`<span class="mono">${one.code}</span>`,
      },
      { label: words.entry, cell: (one) => one.name },
      ...(words.owner === null ? [] : [{ label: words.owner, cell: (one: MasterEntry) => ownerName(one.owner) }]),
      {
        label: '有効期間',
        cell: (one) =>
          html`${one.validFrom !== null && dayText(one.validFrom, { isShort: true })}～${one.validTo !== null && dayText(one.validTo, { isShort: true })}`,
      },
      { label: '今日', isNoWrap: true, cell: (one) => validityTag(one, view.today) },
      { label: 'メモ', cell: (one) => html`${one.note}${one.recall !== null && html` 回収（${one.recall.reason}）`}` },
      ...(view.kind !== 'lot' || view.lotTraceOf === null ? [] : [traceColumn(view.lotTraceOf)]),
      { label: '登録', cell: (one) => html`${one.recordedByName}<br>${instantText(one.recordedAt)}` },
    ],
  });
}

/** Who was given the lot: asked first when one is recalled. */
function traceColumn(lotTraceOf: (lot: string) => string): Column<MasterEntry> {
  return {
    label: '追跡',
    isNoWrap: true,
    cell: ({ code }) =>
      html`<a href="${lotTraceOf(code)}">接種した人<span class="visually-hidden">（ロット ${code}）</span></a>`,
  };
}

function validityTag(one: MasterEntry, today: Day): Html {
  if (one.isRetired) return statusTag('取り下げ', 'neutral', 'cross');
  if (one.recall !== null && one.recall.on <= today) return statusTag('回収', 'error', 'alert');
  const isValid = (one.validFrom === null || one.validFrom <= today) && (one.validTo === null || today <= one.validTo);
  return isValid ? statusTag('有効', 'success', 'check') : statusTag('期間の外', 'warning', 'clock');
}

function formPanel(view: MastersPageView): Html {
  const { kind, entry, form, errors } = view;
  const words = masterKinds[kind];
  const isLot = kind === 'lot';
  const owner =
    words.owner === null
      ? null
      : isLot
        ? selectField({
            name: 'owner',
            label: words.owner,
            choices: [{ value: '', label: '選んでください' }, ...view.products],
            value: form.owner,
            error: errorOf(errors, 'owner'),
            size: 'small',
          })
        : textField({
            name: 'owner',
            label: words.owner,
            value: form.owner,
            error: errorOf(errors, 'owner'),
            size: 'small',
          });
  // What an entry is known by does not change: another code is another entry.
  const known =
    entry === null
      ? html`${textField({ name: 'code', label: words.code, value: form.code, error: errorOf(errors, 'code'), size: 'small', isRequired: true })}${owner}`
      : html`${hiddenField('replaces', entry.masterEntryId)}${hiddenField('code', entry.code)}${hiddenField('owner', entry.owner)}<p>${words.code} <b class="mono">${entry.code}</b></p>`;
  const fields = [
    known,
    textField({
      name: 'name',
      label: words.entry,
      value: form.name,
      error: errorOf(errors, 'name'),
      size: 'small',
      isRequired: true,
    }),
    dayField({
      name: 'validFrom',
      label: isLot ? '出荷の日' : '有効の始まり',
      value: form.validFrom,
      error: errorOf(errors, 'validFrom'),
      hint: '空は始めから',
      size: 'small',
    }),
    textField({
      name: 'validTo',
      label: isLot ? '有効期限' : '有効の終わり',
      value: form.validTo,
      error: errorOf(errors, 'validTo'),
      hint: '空は今も有効',
      size: 'small',
    }),
    isLot && recallFields(view),
    textField({ name: 'note', label: 'メモ', value: form.note, size: 'small' }),
  ];
  const retire = checkbox({
    name: 'isRetired',
    label: '取り下げる（使わない、または誤って登録した）',
    isChecked: form.isRetired,
  });
  const send = button(entry === null ? '登録する' : '新しい版を登録する', { look: 'filled', icon: 'check' });
  const body = html`<div class="form-grid form-grid-even">${fields}</div>${entry !== null && retire}<div>${send}</div>`;
  return panel(
    {
      title: entry === null ? `${words.name}を登録する` : `${words.name}を変える`,
      icon: 'file',
      id: 'master-form',
      class: 'no-print',
    },
    postForm(
      { action: masterPath(kind), csrfToken: view.csrfToken, class: 'stack-tight', label: 'マスタの登録' },
      body,
    ),
  );
}

function recallFields({ form, errors }: MastersPageView): Html {
  return html`${dayField({ name: 'recalledOn', label: '回収の日', value: form.recalledOn, error: errorOf(errors, 'recalledOn'), hint: '回収の知らせを受けたら書きます。この日から、医療機関ウェブは接種の前に断ります', size: 'small' })}${textField({ name: 'recallReason', label: '回収の理由', value: form.recallReason, error: errorOf(errors, 'recallReason'), hint: '医療機関の画面に出ます', size: 'small' })}`;
}
