import { type PersonSummary, personColumns } from '#addressees/persons';
import type { PersonId } from '#kernel';
import { isUnderWay, type Run } from '#platform/jobs';
import {
  button,
  buttonLink,
  type Column,
  dayText,
  emptyState,
  figureRow,
  formatCount,
  type Html,
  html,
  icon,
  instantText,
  notice,
  pageHead,
  panel,
  postForm,
  progress,
  statusTag,
  table,
} from '#platform/pages';
import { nameOfProgramme, nameOfStage, type RuleSet } from '#schedule';
import { type Effect, effects, effectsOf } from '../count-changes.ts';
import type { RowDifference } from '../derive-row-differences.ts';
import type { Change, ChangeCount, RuleTrial } from '../types.ts';
import { differencesPanel } from './difference-pages.ts';
import { newTrialPath, trialPath, trialPeoplePath, trialRemovalPath } from './paths.ts';
import { ageGroupWords, changeWords, effectWords } from './trial-words.ts';

/** All trials, newest first. */
export function trialListPage(trials: readonly RuleTrial[], mayTry: boolean): Html {
  const lead =
    'きまりの行を変えると、だれの予定と判定が変わるかを、使い始める前に数えます。台帳には何も書き込みません。';
  const actions = mayTry && buttonLink('新しい試算', newTrialPath(), { look: 'filled' });
  return html`${pageHead('きまりの試算', { lead, actions })}${panel(
    { title: '試算', icon: 'book', isFlush: true },
    table<RuleTrial>({
      caption: '試算',
      density: 'dense',
      rows: trials,
      whenEmpty: emptyState('まだ試算はありません', undefined, 'book'),
      columns: [
        {
          label: '試算',
          isRowHeader: true,
          cell: (trial) => html`<a href="${trialPath(trial.trialId)}">${trial.label}</a>`,
        },
        { label: '基準日', isNoWrap: true, cell: (trial) => dayText(trial.asOf, { isShort: true }) },
        {
          label: '変わる人',
          isNumber: true,
          cell: ({ result }) => (result === null ? '' : `${formatCount(result.affected)}人`),
        },
        { label: '始めた', isNoWrap: true, cell: (trial) => instantText(trial.startedAt) },
        { label: '始めた人', cell: (trial) => trial.startedByName },
      ],
    }),
  )}`;
}

/** One trial: the proposed rows, how far it is, what it came to. */
export function trialPage(view: {
  readonly trial: RuleTrial;
  readonly run: Run;
  readonly rules: RuleSet;
  readonly differences: readonly RowDifference[];
  readonly counts: readonly ChangeCount[];
  readonly isBaseCurrent: boolean;
  readonly mayTry: boolean;
  readonly mayViewPeople: boolean;
  readonly csrfToken: string;
}): Html {
  const { trial, run, rules, differences, counts } = view;
  const lead = html`${dayText(trial.asOf)}の時点で、いまのきまりと案をくらべます。${trial.startedByName}が${instantText(trial.startedAt)}に始めました。`;
  const words = { title: '案で変わる行', before: 'なくなる', after: '加わる' };
  const removal =
    view.mayTry &&
    postForm(
      { action: trialRemovalPath(trial.trialId), csrfToken: view.csrfToken },
      html`<div class="button-row">${button('この試算を消す', { look: 'danger' })}<span class="small soft">人の一覧も消えます。きまりと台帳は変わりません。</span></div>`,
    );
  const outdated =
    !view.isBaseCurrent &&
    notice('warning', 'この試算のあとで、きまりが変わりました', 'くらべた相手は、試算を始めたときのきまりです。');
  return html`${pageHead(trial.label, { lead })}${outdated}${
    trial.result === null ? statePanel(trial, run) : resultPart(view, counts)
  }${differencesPanel(rules, differences, words)}${removal}`;
}

/** The part of the page that is asked for again and again. */
export function trialProgress(trial: RuleTrial, run: Run): Html {
  if (trial.result !== null || (!isUnderWay(run) && run.state !== 'interrupted')) {
    return html`<p data-finished="yes">終わりました</p>`;
  }
  const label = run.state === 'waiting' ? '順番を待っています' : '全員をくらべています';
  return progress({ label, done: run.done, total: run.total, unit: '人' });
}

function statePanel(trial: RuleTrial, run: Run): Html {
  if (run.state === 'failed') {
    return notice('error', '試算は失敗しました', run.message || 'もう一度、新しい試算を始めてください。');
  }
  if (run.state === 'stopped')
    return notice('info', '試算は止められました', '数は出ていません。新しい試算を始めてください。');
  const path = trialPath(trial.trialId);
  const again = html`<p data-role="look-again"><a href="${path}">いまの進みぐあいを見る</a></p>`;
  return panel(
    { title: '進みぐあい', icon: 'clock' },
    html`<progress-poll src="${path}"><div data-role="progress">${trialProgress(trial, run)}</div>${again}</progress-poll><p class="small soft">${icon('info')} 画面を閉じても続きます。止めるときは「処理の状況」で止めてください。</p>`,
  );
}

function resultPart(
  view: { readonly trial: RuleTrial; readonly rules: RuleSet; readonly mayViewPeople: boolean },
  counts: readonly ChangeCount[],
): Html {
  const { trial, rules } = view;
  const { result } = trial;
  if (result === null) return html``;
  const figures = [
    { label: '判定した人', value: result.people, unit: '人' },
    { label: '変わる人', value: result.affected, unit: '人' },
    ...effects
      .map((effect) => ({ label: effectWords[effect], value: countOf(counts, effect), unit: unitOf(effect) }))
      .filter(({ value }) => value > 0),
  ];
  const none =
    counts.length === 0 && notice('success', '変わる人はいません', 'この案では、だれの予定も判定も変わりません。');
  const byStage = groupOf(counts, ({ programme, stage }) => `${programme}/${stage}`);
  const byAge = [...groupOf(counts, ({ ageFrom }) => String(ageFrom))].toSorted(([a], [b]) => Number(a) - Number(b));
  const peopleLink =
    view.mayViewPeople &&
    result.listed > 0 &&
    buttonLink('変わる人の一覧', trialPeoplePath(trial.trialId), { icon: 'people' });
  return html`${figureRow(figures, '結果')}${none}${
    counts.length > 0 &&
    html`${countsPanel('予防接種ごと', '予防接種', [...byStage], (key) => stageTitle(rules, key))}${countsPanel('年齢ごと', '年齢', byAge, (key) => ageGroupWords(Number(key)))}${waysPanel(rules, counts)}${peopleLink !== false && html`<div class="button-row">${peopleLink}</div>`}`
  }`;
}

type Group = readonly [key: string, counts: readonly ChangeCount[]];

function countsPanel(title: string, label: string, groups: readonly Group[], words: (key: string) => string): Html {
  const shown = effects.filter((effect) => groups.some(([, counts]) => countOf(counts, effect) > 0));
  if (shown.length === 0) return html``;
  const columns: Column<Group>[] = [
    { label, isRowHeader: true, cell: ([key]) => words(key) },
    ...shown.map((effect): Column<Group> => {
      return {
        label: effectWords[effect],
        isNumber: true,
        cell: ([, counts]) => {
          const count = countOf(counts, effect);
          return count === 0 ? '' : `${formatCount(count)}${unitOf(effect)}`;
        },
      };
    }),
  ];
  const rows = groups.filter(([, counts]) => shown.some((effect) => countOf(counts, effect) > 0));
  return panel(
    { title, icon: 'list', isFlush: true },
    table<Group>({ caption: title, density: 'dense', rows, columns }),
  );
}

interface Way {
  readonly change: Change;
  readonly count: number;
}

/** Every way in which a standing changes, the most frequent first; those without an effect among them. */
function waysPanel(rules: RuleSet, counts: readonly ChangeCount[]): Html {
  const groups = groupOf(counts, ({ kind, programme, stage, before, after }) =>
    [kind, programme, stage, before, after].join(' '),
  );
  const ways = [...groups.values()]
    .flatMap(([first, ...rest]): Way[] =>
      first === undefined ? [] : [{ change: first, count: rest.reduce((sum, each) => sum + each.count, first.count) }],
    )
    .toSorted((a, b) => b.count - a.count);
  return panel(
    { title: '変わり方のすべて', icon: 'list', isFlush: true },
    table<Way>({
      caption: '変わり方のすべて',
      density: 'dense',
      rows: ways,
      columns: [
        {
          label: '予防接種',
          isRowHeader: true,
          cell: ({ change }) => stageTitle(rules, `${change.programme}/${change.stage}`),
        },
        { label: '何が', isNoWrap: true, cell: ({ change }) => (change.kind === 'dose' ? '受けた接種' : '予定') },
        { label: '変わり方', cell: ({ change }) => changeWords(change) },
        {
          label: '数',
          isNumber: true,
          cell: ({ change, count }) => `${formatCount(count)}${change.kind === 'dose' ? '件' : '人'}`,
        },
      ],
    }),
  );
}

function groupOf(
  counts: readonly ChangeCount[],
  key: (count: ChangeCount) => string,
): ReadonlyMap<string, readonly ChangeCount[]> {
  return Map.groupBy(counts, key);
}

function countOf(counts: readonly ChangeCount[], effect: Effect): number {
  return counts.reduce((sum, each) => (effectsOf(each).includes(effect) ? sum + each.count : sum), 0);
}

/** Doses are counted one by one, standings by person. */
function unitOf(effect: Effect): string {
  return effect === 'wrong' || effect === 'noLongerWrong' ? '件' : '人';
}

function stageTitle(rules: RuleSet, key: string): string {
  const [programme = '', stage = ''] = key.split('/');
  if (programme === '') return '予防接種の決まらない接種';
  return `${nameOfProgramme(rules, programme)} ${stage === '' ? '' : nameOfStage(rules, programme, stage)}`.trim();
}

/** Somebody of whom a trial changes something. */
export interface TrialPerson {
  readonly person: PersonSummary;
  readonly changes: readonly Change[];
}

/** The people of whom a trial changes anything, a page at a time. */
export function trialPeoplePage(view: {
  readonly trial: RuleTrial;
  readonly rules: RuleSet;
  readonly people: readonly TrialPerson[];
  readonly next: PersonId | null;
}): Html {
  const { trial, rules, people, next } = view;
  const { affected = 0, listed = 0 } = trial.result ?? {};
  const cut =
    listed < affected &&
    notice(
      'info',
      `変わる人 ${formatCount(affected)}人のうち、${formatCount(listed)}人だけを一覧にしています`,
      '人数は全員を数えています。一覧は、多すぎると読めないため、途中までです。',
    );
  const lead = html`<a href="${trialPath(trial.trialId)}">${trial.label}</a>　この案を使い始めると、予定や判定が変わる人です。`;
  return html`${pageHead('試算で変わる人', { lead })}${cut}${panel(
    { title: '変わる人', icon: 'people', isFlush: true },
    table<TrialPerson>({
      caption: '変わる人',
      density: 'dense',
      rows: people,
      whenEmpty: emptyState('ここに挙げる人はいません', undefined, 'people'),
      columns: [
        ...personColumns<TrialPerson>(({ person }) => person),
        {
          label: '変わること',
          cell: ({ changes }) =>
            html`<ul>${changes.map((change) => html`<li>${stageTitle(rules, `${change.programme}/${change.stage}`)}　${change.kind === 'dose' && statusTag('受けた接種', 'neutral')} ${changeWords(change)}</li>`)}</ul>`,
        },
      ],
    }),
  )}${next !== null && html`<div class="button-row">${buttonLink('次の人たち', trialPeoplePath(trial.trialId, { after: next }), { icon: 'arrowRight' })}</div>`}`;
}
