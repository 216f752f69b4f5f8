import {
  attributes,
  button,
  buttonLink,
  dayField,
  dayText,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  fileField,
  type Html,
  hiddenField,
  html,
  instantText,
  notice,
  pageHead,
  panel,
  postForm,
  statusTag,
  table,
  textArea,
  textField,
  trustedHtml,
} from '#platform/pages';
import type { LayoutVersion, SealOnRecord } from '../layout-store.ts';
import type { FormLayout } from '../layout-types.ts';
import type { TranslationSummary } from '../list-translations.ts';
import type { LayoutChoice } from './layout-choice.ts';
import { layoutPath, layoutsPath, samplePath, sealsPath } from './paths.ts';
import { translationsPanel } from './translations-panel.ts';

/** What was typed to change a layout; positions and texts by their name. */
export interface LayoutForm {
  readonly inForceFrom: string;
  readonly reason: string;
  readonly window: string;
  readonly texts: Readonly<Record<string, string>>;
  readonly places: Readonly<Record<string, string>>;
  /** Everything else as it is kept, in JSON. */
  readonly changes: string;
}

/** The layouts of the municipality and its seal. */
export function layoutsPage(view: {
  layouts: readonly LayoutChoice[];
  seals: readonly SealOnRecord[];
  translations: readonly TranslationSummary[];
  mayChange: boolean;
  /** The first day of a seal as it is offered, or as it was typed where it is asked again. */
  sealFrom: string;
  errors: readonly FormError[];
  csrfToken: string;
}): Html {
  return html`${pageHead('様式と公印', { lead: '印刷する紙の文、位置、封筒の窓、公印を、適用する日を決めて変えます。' })}${errorSummary(view.errors)}${layoutsPanel(view.layouts)}${translationsPanel(view.translations)}${sealsPanel(view)}`;
}

function layoutsPanel(layouts: readonly LayoutChoice[]): Html {
  return panel(
    { title: '様式', icon: 'file', isFlush: true },
    table<LayoutChoice>({
      caption: '様式',
      density: 'dense',
      rows: layouts,
      columns: [
        {
          label: '様式',
          isRowHeader: true,
          cell: (layout) => html`<a href="${layoutPath(layout.layoutId)}">${layout.title}</a>`,
        },
        {
          label: 'ようす',
          cell: (layout) =>
            layout.faults.length === 0
              ? statusTag('印刷できます', 'success', 'check')
              : html`${statusTag('直すまで印刷できません', 'error', 'alert')}<ul>${layout.faults.map((fault) => html`<li>${fault}</li>`)}</ul>`,
        },
        {
          label: '見本',
          isNoWrap: true,
          cell: (layout) =>
            layout.faults.length === 0 &&
            buttonLink('見本のPDF', samplePath(layout.layoutId), { size: 'small', icon: 'file' }),
        },
      ],
    }),
  );
}

function sealsPanel(view: {
  seals: readonly SealOnRecord[];
  mayChange: boolean;
  sealFrom: string;
  errors: readonly FormError[];
  csrfToken: string;
}): Html {
  const register = postForm(
    { action: sealsPath, csrfToken: view.csrfToken, class: 'stack-tight', takesFiles: true },
    html`<div class="form-grid form-grid-even">${dayField({ name: 'inForceFrom', label: '使い始める日', value: view.sealFrom, isRequired: true, error: errorOf(view.errors, 'inForceFrom') })}${fileField({ name: 'seal', label: '公印の画像', isRequired: true, error: errorOf(view.errors, 'seal'), accept: 'image/png,.png', hint: 'PNG、8ビット。背景は透明か白' })}</div><div class="button-row">${button('公印を登録する', { icon: 'upload' })}</div>`,
  );
  return panel(
    { title: '公印', icon: 'file' },
    html`${table<SealOnRecord>({
      caption: '登録してある公印',
      density: 'dense',
      rows: view.seals,
      whenEmpty: emptyState(
        '公印はまだ登録していません',
        html`<p>公印を押す様式は、登録するまで印刷できません。</p>`,
        'file',
      ),
      columns: [
        { label: '使い始める日', isRowHeader: true, cell: (seal) => dayText(seal.inForceFrom) },
        { label: '画像の要約値', cell: (seal) => html`<span class="mono small">${seal.digest.slice(0, 16)}</span>` },
        { label: '登録した人', cell: (seal) => seal.staffName },
      ],
    })}${view.mayChange && register}`,
  );
}

/** One layout as it prints on a day, with what can be changed of it. */
export function layoutPage(view: {
  layout: FormLayout | null;
  layoutId: string;
  title: string;
  faults: readonly string[];
  /** A picture of a sheet; its markup was drawn, nothing in it was typed. */
  picture: string;
  form: LayoutForm;
  versions: readonly LayoutVersion[];
  errors: readonly FormError[];
  mayChange: boolean;
  isTrial: boolean;
  csrfToken: string;
}): Html {
  const faults =
    view.faults.length > 0 &&
    notice(
      'error',
      'このままでは印刷できません',
      html`<ul>${view.faults.map((fault) => html`<li>${fault}</li>`)}</ul>`,
    );
  const trial =
    view.isTrial &&
    view.faults.length === 0 &&
    notice('info', '変えたときの見本です', 'まだ保存していません。よければ「この日から使う」を押してください。');
  return html`${pageHead(view.title, { lead: '点線の枠は封筒の窓です。値はすべて見本です。', actions: buttonLink('様式の一覧', layoutsPath) })}${errorSummary(view.errors)}${faults}${trial}<div class="columns columns-sheet"
    ><div class="sheet-picture" role="img" aria-label="${`${view.title}の見本`}">${trustedHtml(view.picture, 'drawPagePicture')}</div><div class="stack-tight"
      >${view.mayChange && view.layout !== null && changeForm({ ...view, layout: view.layout })}${versionsPanel(view.versions)}</div
    ></div
  >`;
}

function changeForm(view: {
  layout: FormLayout;
  layoutId: string;
  form: LayoutForm;
  errors: readonly FormError[];
  csrfToken: string;
}): Html {
  const { form, layout, errors } = view;
  const isPlaceWrong = errors.some(({ field }) => field === 'window' || field?.startsWith('place-') === true);
  const isChangesWrong = errors.some(({ field }) => field === 'changes');
  const texts = Object.keys(form.texts).map((name) =>
    textArea({ name: `text-${name}`, label: `文 ${name}`, value: form.texts[name] ?? '', rows: 2, size: 'small' }),
  );
  const places = Object.keys(form.places).map((id) =>
    textField({
      name: `place-${id}`,
      label: id,
      value: form.places[id] ?? '',
      error: errorOf(errors, `place-${id}`),
      size: 'small',
      width: 20,
    }),
  );
  return panel(
    { title: '変える', icon: 'file' },
    postForm(
      { action: layoutPath(view.layoutId), csrfToken: view.csrfToken, class: 'stack-tight' },
      html`${hiddenField('layoutId', layout.layoutId)}<div class="form-grid form-grid-even">${dayField({ name: 'inForceFrom', label: '適用する日', value: form.inForceFrom, isRequired: true, size: 'small', error: errorOf(errors, 'inForceFrom') })}${textField({ name: 'reason', label: '変える理由', value: form.reason, isRequired: true, size: 'small', error: errorOf(errors, 'reason') })}</div
      >${texts}<details${attributes({ open: isPlaceWrong })}><summary>位置と窓（左、上、幅、高さ。ミリメートル）</summary><div class="form-grid form-grid-even">${textField({ name: 'window', label: '封筒の窓', value: form.window, error: errorOf(errors, 'window'), size: 'small', hint: '空にすると、確かめません' })}${places}</div></details
      ><details${attributes({ open: isChangesWrong })}><summary>そのほかの変更（JSON）</summary>${textArea({ name: 'changes', label: '要素を消す、足すなど', value: form.changes, error: errorOf(errors, 'changes'), rows: 8, size: 'small', hint: '書き方は設定の手引きの forms/*.json と同じです' })}</details
      ><div class="button-row">${button('見本で確かめる', { name: 'act', value: 'try', icon: 'search' })}${button('この日から使う', { name: 'act', value: 'keep', look: 'filled', icon: 'check' })}</div>`,
    ),
  );
}

function versionsPanel(versions: readonly LayoutVersion[]): Html {
  return panel(
    { title: '画面で変えた版', icon: 'history', isFlush: true },
    table<LayoutVersion>({
      caption: '画面で変えた版',
      density: 'dense',
      rows: versions,
      whenEmpty: emptyState('変えていません', undefined, 'history'),
      columns: [
        { label: '適用する日', isRowHeader: true, isNoWrap: true, cell: (version) => dayText(version.inForceFrom) },
        { label: '理由', cell: (version) => version.reason },
        {
          label: 'いつ・だれ',
          cell: (version) =>
            html`${instantText(version.recordedAt)}<br><span class="small soft">${version.staffName}</span>`,
        },
      ],
    }),
  );
}
