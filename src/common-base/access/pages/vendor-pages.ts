import type { Day } from '#kernel';
import {
  button,
  dataList,
  dayField,
  dayText,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  type Html,
  hiddenField,
  html,
  pageHead,
  panel,
  postForm,
  statusTag,
  table,
  textField,
} from '#platform/pages';
import { isContractInForce } from '../vendors/decide-vendor.ts';
import { type Contractor, tierNames, type VendorWorker } from '../vendors/types.ts';

/** The register of contracts, one contract below it. */
export const vendorsPath = '/vendors';
/** The works of contractors' people, one work below it. */
export const worksPath = '/vendor-works';

/** The page of one contract. */
export function vendorPath(contractorId: number): string {
  return `${vendorsPath}/${contractorId}`;
}

/** The page of one work. */
export function workPath(workId: number): string {
  return `${worksPath}/${workId}`;
}

interface Around {
  readonly today: Day;
  readonly mayManage: boolean;
  readonly errors: readonly FormError[];
  /** What was typed into a field before it was refused. */
  readonly values: (name: string) => string;
  readonly csrfToken: string;
}

/** 委託先の管理簿: the chain of contracts, and the form of a new one. */
export function contractorsPage(view: Around & { readonly contractors: readonly Contractor[] }): Html {
  return html`${pageHead('委託先', {
    lead: '委託契約と、再委託・再々委託の流れ、作業する人のアカウントを管理します。作業は、一回ごとに担当課の許可が要ります。',
  })}${errorSummary(view.errors)}
    ${panel(
      { title: '委託先の管理簿', icon: 'list', isFlush: true },
      table<Contractor>({
        caption: '委託先の管理簿',
        rows: view.contractors,
        whenEmpty: emptyState('委託先はまだ登録されていません'),
        columns: [
          {
            label: '事業者',
            isRowHeader: true,
            cell: ({ contractorId, name, tier }) =>
              html`${'　'.repeat(tier - 1)}<a href="${vendorPath(contractorId)}">${name}</a>`,
          },
          { label: '段', cell: ({ tier }) => tierNames[tier], isNoWrap: true },
          { label: '業務', cell: ({ contract }) => contract },
          { label: '契約の終わり', cell: ({ contractTo }) => dayText(contractTo), isNoWrap: true },
          { label: '作業者', isNumber: true, cell: ({ workers }) => workers },
          { label: '状態', cell: (each) => stateTag(each, view.today), isNoWrap: true },
        ],
      }),
    )}
    ${view.mayManage && panel({ title: '委託先を登録する', icon: 'file' }, contractorForm(view, null))}`;
}

function stateTag(contractor: Contractor, today: Day): Html {
  if (isContractInForce(contractor, today)) return statusTag('契約中', 'success');
  return contractor.contractFrom > today && contractor.endedOn === null
    ? statusTag('契約前', 'info')
    : statusTag('終わった契約', 'neutral');
}

function contractorForm(view: Around, parent: Contractor | null): Html {
  const part = (name: string, label: string) =>
    ({
      name,
      label,
      value: view.values(name),
      error: errorOf(view.errors, name),
      isRequired: true,
      size: 'small',
    }) as const;
  const field = (name: string, label: string, more: { readonly hint?: string; readonly width?: 10 | 20 | 40 } = {}) =>
    textField({ ...part(name, label), ...more });
  const day = (name: string, label: string) => dayField(part(name, label));
  return postForm(
    { action: vendorsPath, csrfToken: view.csrfToken, label: parent === null ? '委託先の登録' : '再委託先の登録' },
    html`<div class="stack">${parent !== null && hiddenField('parentId', parent.contractorId)}
      ${field('name', '事業者の名称', { width: 40 })}${field('contract', '委託する業務', { width: 40 })}
      ${day('contractFrom', '契約の始まり')}${day('contractTo', '契約の終わり')}
      ${parent !== null && day('permittedOn', '再委託を許可した日')}
      ${button('登録する', { look: 'filled', icon: 'check' })}</div>`,
  );
}

/** One contract: its chain, its people, the subcontracts that may be added, its end. */
export function contractorPage(
  view: Around & {
    readonly contractor: Contractor;
    readonly chain: readonly Contractor[];
    readonly workers: readonly VendorWorker[];
  },
): Html {
  const { contractor, chain } = view;
  const isOpen = view.mayManage && contractor.endedOn === null;
  return html`${pageHead(contractor.name, { lead: tierNames[contractor.tier], actions: stateTag(contractor, view.today) })}
    ${errorSummary(view.errors)}
    ${panel(
      { title: '契約', icon: 'file' },
      dataList([
        ['業務', contractor.contract],
        ['期間', html`${dayText(contractor.contractFrom)}から${dayText(contractor.contractTo)}まで`],
        [
          '委託の流れ',
          html`${chain.map(({ contractorId, name, tier }, i) => html`${i > 0 && ' ← '}<a href="${vendorPath(contractorId)}">${name}</a>（${tierNames[tier]}）`)}`,
        ],
        ['再委託の許可', contractor.permittedOn === null ? null : dayText(contractor.permittedOn)],
        [
          '終わらせた日',
          contractor.endedOn === null ? null : html`${dayText(contractor.endedOn)}　${contractor.endedNote}`,
        ],
      ]),
    )}
    ${panel({ title: '作業者', icon: 'people', isFlush: true }, workerTable(view.workers))}
    ${isOpen && panel({ title: '作業者を登録する', icon: 'person' }, workerForm(view))}
    ${isOpen && contractor.tier < 3 && panel({ title: contractor.tier === 1 ? '再委託先を登録する' : '再々委託先を登録する', icon: 'file' }, contractorForm(view, contractor))}
    ${isOpen && panel({ title: '契約を終わらせる', icon: 'stop' }, endForm(view))}`;
}

function workerTable(workers: readonly VendorWorker[]): Html {
  return table<VendorWorker>({
    caption: '作業者',
    rows: workers,
    whenEmpty: emptyState('作業者はまだ登録されていません'),
    columns: [
      { label: '氏名', isRowHeader: true, cell: ({ name }) => name },
      { label: 'アカウント', cell: ({ accountName }) => html`<code>${accountName}</code>` },
      { label: '誓約書の日', cell: ({ pledgedOn }) => dayText(pledgedOn), isNoWrap: true },
      { label: '有効期限', cell: ({ expiresOn }) => expiresOn !== null && dayText(expiresOn), isNoWrap: true },
      {
        label: '状態',
        cell: ({ isDisabled }) => (isDisabled ? statusTag('停止', 'neutral') : statusTag('使えます', 'success')),
      },
    ],
  });
}

function workerForm({ contractor, errors, values, csrfToken }: Around & { readonly contractor: Contractor }): Html {
  return postForm(
    { action: `${vendorPath(contractor.contractorId)}/workers`, csrfToken, label: '作業者の登録' },
    html`<div class="stack"><p>先にシステム管理者が、役割「委託先の作業者」だけの、契約の終わりまでの期限のついたアカウントを、本人の氏名で作ります。</p>
      ${textField({ name: 'accountName', label: 'アカウント名', value: values('accountName'), error: errorOf(errors, 'accountName'), isRequired: true, width: 20, size: 'small' })}
      ${dayField({ name: 'pledgedOn', label: '誓約書の日', value: values('pledgedOn'), error: errorOf(errors, 'pledgedOn'), isRequired: true, size: 'small' })}
      ${button('登録する', { look: 'filled', icon: 'check' })}</div>`,
  );
}

function endForm({ contractor, errors, values, csrfToken }: Around & { readonly contractor: Contractor }): Html {
  return postForm(
    { action: `${vendorPath(contractor.contractorId)}/end`, csrfToken, label: '契約を終わらせる' },
    html`<div class="stack"><p>この委託先と、その下の再委託先の作業者のアカウントを、すぐに止めます。</p>
      ${textField({ name: 'note', label: '終わらせる理由', value: values('note'), error: errorOf(errors, 'note'), isRequired: true, size: 'small', width: 40 })}
      ${button('契約を終わらせる', { look: 'danger' })}</div>`,
  );
}
