import type { PersonId } from '#kernel';
import type { LayoutInput } from '#ledger/notices';
import {
  button,
  buttonLink,
  dayField,
  dayText,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  formatCount,
  type Html,
  hiddenField,
  html,
  notice,
  pageHead,
  panel,
  postForm,
  selectField,
  statusTag,
  table,
  textField,
} from '#platform/pages';
import type { ShownCertificate } from '../issue-certificate.ts';
import type { CertificateState } from '../types.ts';
import { certificatePath, certificatesPath, revocationPath } from './paths.ts';

const states: Readonly<Record<CertificateState, () => Html>> = {
  valid: () => statusTag('有効', 'success', 'check'),
  superseded: () => statusTag('台帳が変わった', 'warning', 'alert'),
  revoked: () => statusTag('失効', 'neutral', 'cross'),
};

/** A certificate that can be chosen. */
export interface CertificateChoice {
  readonly layoutId: string;
  readonly title: string;
  readonly inputs: readonly LayoutInput[];
  /** What is wrong with it, in sentences; it cannot be issued then. */
  readonly faults: readonly string[];
}

/** The certificates of a person, and the form to issue another. */
export function certificatesPage(view: {
  personId: PersonId;
  who: Html;
  certificates: readonly ShownCertificate[];
  choices: readonly CertificateChoice[];
  typed: (name: string) => string;
  issuedOn: string;
  errors: readonly FormError[];
  mayIssue: boolean;
  csrfToken: string;
}): Html {
  return html`${view.who}${pageHead('証明書', { lead: '台帳の記録を、いまの内容で証明します。交付した紙の写しは、そのまま残ります。' })}${errorSummary(view.errors)}${view.mayIssue && issuePanel(view)}${registerPanel(view)}`;
}

function issuePanel(view: Parameters<typeof certificatesPage>[0]): Html {
  const { typed, errors } = view;
  const ready = view.choices.filter((one) => one.faults.length === 0);
  const choices = ready.map((one) => ({ value: one.layoutId, label: one.title }));
  const inputs = ready
    .filter((one) => one.inputs.length > 0)
    .map(
      (one) =>
        html`<fieldset><legend>${one.title}のときに書くこと</legend>${one.inputs.map(({ name, label }) => textField({ name: `input-${name}`, label, value: typed(`input-${name}`), width: 40, error: errorOf(errors, `input-${name}`) }))}</fieldset>`,
    );
  const form = postForm(
    { action: certificatesPath(view.personId), csrfToken: view.csrfToken, class: 'stack-tight' },
    html`${selectField({ name: 'layoutId', label: '証明書', choices: [{ value: '', label: '選んでください' }, ...choices], value: typed('layoutId'), isRequired: true, error: errorOf(errors, 'layoutId') })}${dayField({ name: 'issuedOn', label: '交付日', value: view.issuedOn, isRequired: true, error: errorOf(errors, 'issuedOn') })}${textField({ name: 'purpose', label: '使いみち・申請の経緯', value: typed('purpose'), isRequired: true, width: 40, hint: '例　入園、留学。窓口で本人確認', error: errorOf(errors, 'purpose') })}${inputs}<div class="button-row">${button('交付する', { look: 'filled', icon: 'print' })}</div>`,
  );
  const faulty = faultsNotice(view.choices);
  return panel(
    { title: '交付する', icon: 'file' },
    html`<div class="stack">${faulty}${ready.length > 0 && form}</div>`,
  );
}

/** Why some of the certificates cannot be issued, each in its own words, and where that is mended. */
function faultsNotice(choices: readonly CertificateChoice[]): Html | null {
  const faults = choices.flatMap(({ title, faults: own }) =>
    own.map((fault) => html`<li>${fault.includes(title) ? '' : `${title}　`}${fault}</li>`),
  );
  if (faults.length === 0) return null;
  return notice(
    'warning',
    'まだ交付できない証明書があります',
    html`<ul>${faults}</ul><p><a href="/notices/forms">様式と公印</a>の画面で直すと、選べるようになります。</p>`,
  );
}

function registerPanel(view: Parameters<typeof certificatesPage>[0]): Html {
  return panel(
    { title: '交付簿', icon: 'list', isFlush: true },
    table<ShownCertificate>({
      caption: '交付簿',
      density: 'dense',
      rows: view.certificates,
      whenEmpty: emptyState('この人に交付した証明書はありません', undefined, 'file'),
      columns: [
        {
          label: '番号',
          isRowHeader: true,
          isNoWrap: true,
          cell: (one) =>
            view.mayIssue
              ? buttonLink(`第${one.certificateId}号`, certificatePath(one.certificateId), {
                  size: 'small',
                  icon: 'file',
                })
              : `第${one.certificateId}号`,
        },
        { label: '証明書', cell: (one) => one.title },
        { label: '交付日', isNoWrap: true, cell: (one) => dayText(one.issuedOn) },
        { label: '記録', isNumber: true, cell: (one) => `${formatCount(one.doses)}件` },
        {
          label: '状態',
          cell: (one) =>
            html`${states[one.state]()}${one.revokedFor !== null && html`<br><span class="small soft">${one.revokedFor}</span>`}`,
        },
        { label: '使いみち', cell: (one) => html`${one.purpose}<br><span class="small soft">${one.staffName}</span>` },
        { label: '失効', cell: (one) => (view.mayIssue && one.state !== 'revoked' ? revokeForm(view, one) : '') },
      ],
    }),
  );
}

function revokeForm(view: { personId: PersonId; csrfToken: string }, one: ShownCertificate): Html {
  const name = `reason-${one.certificateId}`;
  return postForm(
    { action: revocationPath(one.certificateId), csrfToken: view.csrfToken, class: 'row' },
    html`${hiddenField('personId', String(view.personId))}${textField({ name: 'reason', id: name, label: `第${one.certificateId}号の失効の理由`, isLabelHidden: true, value: '', width: 10, size: 'small', isRequired: true })}${button('失効', { size: 'small', ariaLabel: `第${one.certificateId}号を失効する` })}`,
  );
}
