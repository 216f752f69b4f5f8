import { formatIsoDay } from '#kernel';
import {
  findProductName,
  nameOfProgramme,
  nameOfStage,
  type RuleSet,
  type StageForecast,
  type StageStatus,
  type Verdict,
} from '#schedule';
import type { PersonFound } from './person-answer.ts';

const verdictWords: Readonly<Record<Verdict, string>> = {
  valid: 'きまりどおり',
  invalid: '間違い接種',
  notRoutine: '任意接種',
  extra: '余分な接種',
  unknown: '判定できません',
};

const dueWords: Readonly<Partial<Record<StageStatus, string>>> = { due: '受けられます', overdue: '遅れています' };

/** One person's ledger as lines for a terminal: who it is, every dose with its verdict, what may be given now. */
export function personLines({ page, ledger, asOf }: PersonFound, rules: RuleSet): string[] {
  const address = page.isAddressHidden ? '（支援措置のため表示しません）' : (page.address ?? '（なし）');
  const doses = ledger.doses.map(({ entry, judged }) => {
    const on = entry.fact === null ? '' : formatIsoDay(entry.fact.vaccinatedOn);
    const product = findProductName(rules, entry.fact?.product ?? '') ?? entry.fact?.items.vaccineCode ?? '製品不明';
    const place = judged === null ? '' : ` ${stageName(rules, judged.programme, judged.stage)}`;
    const doseNumber = judged?.doseNumber ?? null;
    const number = doseNumber === null ? '' : ` ${doseNumber}回目`;
    return `  ${on} ${product}${place}${number} ${judged === null ? '判定できません' : verdictWords[judged.verdict]}`;
  });
  const others = ledger.otherEntries.map(({ fact }) =>
    fact === null
      ? ''
      : `  ${formatIsoDay(fact.vaccinatedOn)} ${stageName(rules, fact.programme, fact.stage)} ${
          fact.outcome === 'notConsented' ? '未同意' : '予診のみ'
        }`,
  );
  return [
    `${page.addresseeNumber} ${page.name}（${page.kana}） ${page.birthText}`,
    `住所 ${address}`,
    `接種歴 ${doses.length}件`,
    ...doses,
    ...(others.length > 0 ? ['接種しなかった予診', ...others] : []),
    `${formatIsoDay(asOf)} に受けられるもの`,
    ...dueLines(ledger.judgement?.programmes ?? null, rules),
  ];
}

function dueLines(stages: readonly StageForecast[] | null, rules: RuleSet): string[] {
  if (stages === null) return ['  生年月日が分からないため、判定できません。'];
  const due = stages.flatMap((stage) => {
    const word = dueWords[stage.status];
    if (word === undefined) return [];
    const latestOn = stage.next?.latestOn ?? null;
    const until = latestOn === null ? '' : `（${formatIsoDay(latestOn)} まで）`;
    return [`  ${stageName(rules, stage.programme, stage.stage)} ${stage.next?.doseNumber ?? ''}回目 ${word}${until}`];
  });
  return due.length > 0 ? due : ['  なし'];
}

function stageName(rules: RuleSet, programme: string | null, stage: string | null): string {
  if (programme === null) return '';
  const name = nameOfProgramme(rules, programme);
  return stage === null ? name : `${name} ${nameOfStage(rules, programme, stage)}`;
}
