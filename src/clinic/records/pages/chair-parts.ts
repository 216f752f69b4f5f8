import type { InjectionCheck } from '#clinic/check';
import type { Day, Finding } from '#kernel';
import { explainFinding, type FindingsTables } from '#platform/findings';
import { dataList, dayText, formatAge, type Html, html, notice, panel, statusTag, table } from '#platform/pages';
import { findProductName, type GivenDose, nameOfProgramme, nameOfStage, type RuleSet } from '#schedule';
import { type ChairState, listRecordedHere } from '../check-injection.ts';
import type { Outcome } from '../types.ts';

/** What the office calls an outcome. */
export const outcomeWords: Readonly<Record<Outcome, string>> = {
  administered: '接種した',
  screeningOnly: '予診のみ',
  notConsented: '同意なし',
};

const sexWords = { male: '男', female: '女', unknown: '不明' } as const;

/** Who sits in the chair and what the form is for: nothing more than is needed to give the right dose to the right person. */
export function chairPanel({ opened }: ChairState, rules: RuleSet, on: Day): Html {
  const { patient, ticket } = opened;
  const stage = nameOfStage(rules, ticket.programme, ticket.stage);
  const dose = ticket.doseNumber === null ? '' : `${ticket.doseNumber}回目`;
  return panel(
    { title: '本人と予診票', icon: 'person', class: 'chair-person' },
    html`<p class="chair-name">${patient.name}</p>
      ${dataList([
        ['生年月日', html`${dayText(patient.bornOn)}（${formatAge(patient.bornOn, on)}）`],
        ['性別', sexWords[patient.sex]],
        ['予診票', html`<b>${nameOfProgramme(rules, ticket.programme)} ${stage} ${dose}</b>`],
        ticket.validUntil === null ? null : ['有効期限', dayText(ticket.validUntil)],
      ])}`,
  );
}

/** The doses that speak for or against the one of today; others are judged with, and not shown. */
export function historyPanel({ opened }: ChairState, rules: RuleSet, on: Day): Html {
  const { patient, ticket } = opened;
  const doses = [...patient.doses, ...listRecordedHere(opened)].toSorted((a, b) => b.on - a.on);
  const shown = doses.filter((dose) => isOfProgramme(rules, dose, ticket.programme) || on - dose.on < recentDays);
  const list = table<GivenDose>({
    caption: 'これまでの接種',
    rows: shown,
    whenEmpty: html`<p>この予診票の種類の接種と、最近60日の接種の記録はありません。</p>`,
    columns: [
      { label: '接種日', isRowHeader: true, cell: (dose) => dayText(dose.on), isNoWrap: true },
      { label: 'ワクチン', cell: (dose) => findProductName(rules, dose.product) ?? dose.product },
    ],
  });
  const rest = doses.length - shown.length;
  const foot = rest > 0 ? `ほか${rest}件の記録も、確認の計算には使っています。` : null;
  return panel(
    { title: 'これまでの接種（母子健康手帳と見比べます）', icon: 'history', isFlush: shown.length > 0, foot },
    list,
  );
}

const recentDays = 60;

function isOfProgramme(rules: RuleSet, dose: GivenDose, programme: string): boolean {
  return rules.products.get(dose.product)?.uses.some((use) => use.programme.programme === programme) === true;
}

/**
 * The findings of a check, worst first, each with what to do. The sentences of the rules advise offices, where the dose
 * has happened; here what is to be done stands above the list.
 */
export function findingsList(check: Pick<InjectionCheck, 'findings' | 'judged'>, tables: FindingsTables): Html | null {
  const { findings } = check;
  if (findings.length === 0) return null;
  const ofRules = new Set(check.judged?.findings.map(({ code }) => code));
  const order = { refuse: 0, question: 1, note: 2 } as const;
  const items = findings
    .toSorted((a, b) => order[a.severity] - order[b.severity])
    .map((found) => {
      const { message, whatToDo, basis } = explainFinding(tables, found);
      const tag = severityTags[found.severity];
      return html`<li>${tag}<p><b>${message}</b></p>${ofRules.has(found.code) ? null : html`<p>${whatToDo}</p>`}${basis && html`<p class="small soft">根拠 ${basis}</p>`}</li>`;
    });
  return html`<ul class="chair-findings">${items}</ul>`;
}

const severityTags = {
  refuse: statusTag('接種できません', 'error'),
  question: statusTag('確かめてください', 'warning'),
  note: statusTag('お知らせ', 'info'),
} as const;

/** The verdict in one line, as large as it is important. */
export function verdictNotice(findings: readonly Finding[]): Html {
  if (findings.some((each) => each.severity === 'refuse')) {
    return notice(
      'error',
      '接種しないでください',
      '下の理由を確かめてください。まだ接種していなければ、接種せずに「予診のみ」として記録します。',
    );
  }
  if (findings.some((each) => each.severity === 'question')) {
    return notice('warning', '医師が確かめてください', '下の点を確かめ、接種するときは理由を書いて記録します。');
  }
  return notice('success', '接種できます', '接種のきまり・包装の期限・回収の一覧を確かめました。');
}
