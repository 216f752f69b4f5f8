import {
  button,
  buttonLink,
  type Choice,
  dayField,
  dayText,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  figureRow,
  fileField,
  formatCount,
  type Html,
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
import { type Dispatch, dispatchMeans, type Material, materialKinds, recipientKinds } from '../outreach-store.ts';
import { languageNames } from '../record-wish.ts';
import { materialDispatchPath, materialFilePath, materialPath, materialWithdrawalPath, outreachPath } from './paths.ts';

/** What was typed, by the names of the fields. */
type Typed = Readonly<Record<string, string>>;

const choicesOf = (names: Readonly<Record<string, string>>): Choice[] =>
  Object.entries(names).map(([value, label]) => ({ value, label }));
const chosenFrom = (names: Readonly<Record<string, string>>): Choice[] => [
  { value: '', label: '選んでください' },
  ...choicesOf(names),
];

/** The materials that tell of vaccination, and the form to register another. */
export function outreachPage(view: {
  materials: readonly Material[];
  programmes: ReadonlyMap<string, string>;
  typed: Typed;
  errors: readonly FormError[];
  mayChange: boolean;
  csrfToken: string;
}): Html {
  const { programmes, typed, errors } = view;
  const about = (programme: string | null) =>
    programme === null ? '予防接種全般' : (programmes.get(programme) ?? programme);
  const form = postForm(
    { action: outreachPath, csrfToken: view.csrfToken, class: 'stack-tight', takesFiles: true },
    html`<div class="form-grid form-grid-even">${textField({ name: 'title', label: '題名', value: typed['title'] ?? '', isRequired: true, error: errorOf(errors, 'title'), hint: '例　HPVワクチンのお知らせ（2026年版）' })}${selectField({ name: 'kind', label: '種類', choices: chosenFrom(materialKinds), value: typed['kind'] ?? '', isRequired: true, error: errorOf(errors, 'kind') })}${selectField({ name: 'programme', label: '予防接種', choices: [{ value: '', label: '予防接種全般' }, ...[...programmes].map(([value, label]) => ({ value, label }))], value: typed['programme'] ?? '' })}${selectField({ name: 'language', label: '言語', choices: choicesOf(languageNames), value: typed['language'] ?? 'ja' })}${fileField({ name: 'file', label: '資材のファイル', accept: 'application/pdf,.pdf,image/png,.png,image/jpeg,.jpg,.jpeg', hint: 'なくても登録できます。PDF、PNG、JPEG', error: errorOf(errors, 'file') })}</div><div class="button-row">${button('登録する', { look: 'filled', icon: 'check' })}</div>`,
  );
  return html`${pageHead('啓発資材', { lead: '予防接種を知らせるチラシやポスターと、どこへ何部配ったかを残します。' })}${errorSummary(errors)}${panel(
    { title: '登録してある資材', icon: 'list', isFlush: true },
    table<Material>({
      caption: '登録してある資材',
      density: 'dense',
      rows: view.materials,
      whenEmpty: emptyState('資材はまだありません', html`<p>下の欄から登録すると、配った部数を残せます。</p>`, 'file'),
      columns: [
        {
          label: '題名',
          isRowHeader: true,
          cell: (one) => html`<a href="${materialPath(one.materialId)}">${one.title}</a>`,
        },
        { label: '種類', isNoWrap: true, cell: (one) => materialKinds[one.kind] },
        { label: '予防接種', cell: (one) => about(one.programme) },
        { label: '言語', isNoWrap: true, cell: (one) => nameOfLanguage(one.language) },
        { label: '発送', isNumber: true, cell: (one) => `${formatCount(one.dispatches)}回` },
        { label: '部数', isNumber: true, cell: (one) => formatCount(one.copies) },
        {
          label: '最後に送った日',
          isNoWrap: true,
          cell: (one) => (one.lastSentOn === null ? '' : dayText(one.lastSentOn)),
        },
      ],
    }),
  )}${view.mayChange && panel({ title: '資材を登録する', icon: 'upload' }, form)}`;
}

/** One material: to whom it went, and the form to record the next dispatch. */
export function materialPage(view: {
  material: Material;
  about: string;
  dispatches: readonly Dispatch[];
  typed: Typed;
  errors: readonly FormError[];
  mayChange: boolean;
  csrfToken: string;
}): Html {
  const { material, typed, errors } = view;
  const file =
    material.fileId !== null && buttonLink('資材を開く', materialFilePath(material.materialId), { icon: 'file' });
  const form = postForm(
    { action: materialDispatchPath(material.materialId), csrfToken: view.csrfToken, class: 'stack-tight' },
    html`<div class="form-grid form-grid-even">${selectField({ name: 'recipientKind', label: '配布先の種類', choices: chosenFrom(recipientKinds), value: typed['recipientKind'] ?? '', isRequired: true, error: errorOf(errors, 'recipientKind') })}${textField({ name: 'recipient', label: '配布先', value: typed['recipient'] ?? '', isRequired: true, error: errorOf(errors, 'recipient'), hint: '例　市立小学校12校、契約医療機関。人の名前は書きません' })}${selectField({ name: 'means', label: '渡し方', choices: chosenFrom(dispatchMeans), value: typed['means'] ?? '', isRequired: true, error: errorOf(errors, 'means') })}${dayField({ name: 'sentOn', label: '発送した日', value: typed['sentOn'] ?? '', isRequired: true, error: errorOf(errors, 'sentOn') })}${textField({ name: 'copies', label: '部数', value: typed['copies'] ?? '', isRequired: true, error: errorOf(errors, 'copies'), hint: '掲載や掲示は、載せた数' })}${textField({ name: 'remark', label: '備考', value: typed['remark'] ?? '' })}</div><div class="button-row">${button('発送を記録する', { look: 'filled', icon: 'check' })}</div>`,
  );
  return html`${pageHead(material.title, { lead: `${materialKinds[material.kind]}　${view.about}　${nameOfLanguage(material.language)}`, actions: file })}${errorSummary(errors)}${figureRow(
    [
      { label: '発送', value: material.dispatches, unit: '回', icon: 'inbox' },
      { label: '部数', value: material.copies, unit: '部', icon: 'file' },
    ],
    'これまでの発送',
  )}${view.mayChange && panel({ title: '発送を記録する', icon: 'inbox' }, form)}${dispatchesPanel(view)}`;
}

function dispatchesPanel(view: {
  dispatches: readonly Dispatch[];
  material: Material;
  mayChange: boolean;
  csrfToken: string;
}): Html {
  const withdraw = (one: Dispatch): Html =>
    postForm(
      { action: materialWithdrawalPath(view.material.materialId), csrfToken: view.csrfToken, class: 'stack-tight' },
      html`<input type="hidden" name="dispatchId" value="${one.dispatchId}">${textField({ name: 'reason', id: `reason-${one.dispatchId}`, label: '取り消す理由', value: '', isRequired: true })}<div class="button-row">${button('取り消す', { size: 'small' })}</div>`,
    );
  return panel(
    { title: '発送の記録', icon: 'list', isFlush: true },
    table<Dispatch>({
      caption: '発送の記録',
      density: 'dense',
      rows: view.dispatches,
      whenEmpty: emptyState('発送の記録はまだありません', undefined, 'inbox'),
      columns: [
        { label: '発送した日', isRowHeader: true, isNoWrap: true, cell: (one) => dayText(one.sentOn) },
        {
          label: '配布先',
          cell: (one) => html`${one.recipient}<br><span class="small soft">${recipientKinds[one.recipientKind]}</span>`,
        },
        { label: '渡し方', isNoWrap: true, cell: (one) => dispatchMeans[one.means] },
        { label: '部数', isNumber: true, cell: (one) => formatCount(one.copies) },
        { label: '備考', cell: (one) => one.remark },
        {
          label: '登録',
          isNoWrap: true,
          cell: (one) => html`${instantText(one.recordedAt)}<br><span class="small soft">${one.staffName}</span>`,
        },
        {
          label: '取消し',
          cell: (one) =>
            one.withdrawnFor !== null
              ? html`${statusTag('取り消し', 'neutral', 'dash')}<br><span class="small soft">${one.withdrawnFor}</span>`
              : view.mayChange &&
                html`<details><summary class="small">まちがえたとき</summary>${withdraw(one)}</details>`,
        },
      ],
    }),
  );
}

function nameOfLanguage(language: string): string {
  return Object.entries(languageNames).find(([code]) => code === language)?.[1] ?? language;
}
