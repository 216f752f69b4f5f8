import { type Day, weekday } from '#kernel';
import {
  attributes,
  buttonLink,
  countBadge,
  dayText,
  emptyState,
  formatCount,
  formatDay,
  type Html,
  html,
  type IconName,
  icon,
  instantText,
  meterBar,
  type NoticeKind,
  notice,
  pageHead,
  panel,
  percentText,
  progress,
  statusTag,
  type Tone,
  table,
} from '#platform/pages';

/** Something that waits for people: how much, where, and what it is. */
export interface WorkList {
  readonly title: string;
  readonly what: string;
  readonly count: number;
  readonly unit: string;
  readonly href: string;
  readonly icon: IconName;
  readonly isUrgent: boolean;
}

/** The last arrival of one kind of feed. */
export interface FeedState {
  readonly label: string;
  readonly lastAt: Date | null;
  readonly word: string;
  readonly tone: Tone;
  readonly detail: string;
  readonly href: string;
}

/** Something that somebody should look at now. */
export interface Alarm {
  readonly kind: NoticeKind;
  readonly title: string;
  readonly body: string;
}

/** One stage in a month: doses given, and people to whom it is open now and who have not had it. */
export interface CoverageLine {
  readonly label: string;
  readonly given: number;
  /** Null where the forecast has not been computed. */
  readonly waiting: number | null;
}

/** Long work that runs now. */
export interface RunningWork {
  readonly label: string;
  readonly done: number;
  readonly total: number | null;
  readonly href: string;
}

/** The month's doses and the people who wait, by stage in the order of the law. */
export interface Coverage {
  readonly monthLabel: string;
  /** Why another month than the present one is shown; null where none is. */
  readonly remark: string | null;
  readonly lines: readonly CoverageLine[];
  /** The day of the forecast behind `waiting`; null where there is none. */
  readonly forecastOn: Day | null;
  readonly previousHref: string;
  /** Null on the present month. */
  readonly nextHref: string | null;
}

/** A page that the person may open. */
export interface Place {
  readonly label: string;
  readonly href: string;
  readonly icon: IconName;
}

/** What the first page shows; a list is null where the person may not see it. */
export interface StartView {
  readonly today: Day;
  readonly personName: string;
  readonly workLists: readonly WorkList[];
  /** The open rows of intake by whose they are; empty where none is or the person answers none. */
  readonly assigned: readonly { readonly name: string; readonly count: number }[];
  /** Where this person may go, for those whose duty has no lists of work. */
  readonly places: readonly Place[];
  readonly feeds: readonly FeedState[] | null;
  readonly alarms: readonly Alarm[];
  readonly running: readonly RunningWork[] | null;
  readonly coverage: Coverage | null;
  readonly lastSignIn: { readonly at: Date; readonly from: string; readonly failures: number } | null;
}

const weekdays = ['', '月', '火', '水', '木', '金', '土', '日'];

/** The first page after signing in: what waits for whom, what came in, what is wrong, how the month stands. */
export function startPage(view: StartView): Html {
  const lead = html`${formatDay(view.today)} ${weekdays[weekday(view.today)]}曜日${lastSignIn(view)}`;
  const alarms = view.alarms.map((alarm) => notice(alarm.kind, alarm.title, alarm.body));
  return html`${pageHead('今日の仕事', { lead })}${alarms}<div class="columns columns-start"
    ><div class="stack">${view.workLists.length === 0 ? placesPanel(view.places) : workPanel(view.workLists)}${view.coverage !== null && coveragePanel(view.coverage)}</div
    ><div class="stack">${view.assigned.some(({ name }) => name !== '担当なし') && assignedPanel(view.assigned)}${view.running !== null && view.running.length > 0 && runningPanel(view.running)}${view.feeds !== null && feedsPanel(view.feeds)}</div></div
  >`;
}

function lastSignIn(view: StartView): Html | null {
  if (view.lastSignIn === null) return null;
  const { at, from, failures } = view.lastSignIn;
  const failed =
    failures > 0 &&
    html`　<b>その後に失敗したサインインが${failures}回あります。心当たりがなければ係長に知らせてください。</b>`;
  return html`　<span class="small">前回のサインイン ${instantText(at)}（${from}）${failed}</span>`;
}

function workPanel(lists: readonly WorkList[]): Html {
  const waiting = lists.filter((list) => list.count > 0);
  const body =
    waiting.length === 0
      ? emptyState(
          '待っている仕事はありません',
          html`<p>ファイルが届いたり、確かめることが見つかったりすると、ここに並びます。</p>`,
          'checkCircle',
        )
      : html`<ul class="work-list">${waiting.map(workLine)}</ul>`;
  return panel({ title: '待っている仕事', icon: 'list', isFlush: true }, body);
}

/** For duties without lists of work (監査担当, システム管理者): the pages that are theirs. */
function placesPanel(places: readonly Place[]): Html {
  const lines = places.map(
    (place) =>
      html`<li><a${attributes({ href: place.href, class: 'work-line' })}><span class="work-icon">${icon(place.icon)}</span><b>${place.label}</b></a></li>`,
  );
  return panel({ title: 'できること', icon: 'list', isFlush: true }, html`<ul class="work-list">${lines}</ul>`);
}

function workLine(list: WorkList): Html {
  return html`<li><a${attributes({ href: list.href, class: 'work-line' })}
    ><span class="work-icon">${icon(list.icon)}</span><span class="work-words"><b>${list.title}</b><span class="small soft">${list.what}</span></span
    ><span class="work-count">${formatCount(list.count)}<small>${list.unit}</small></span>${list.isUrgent && statusTag('早めに', 'warning', 'bell')}</a></li>`;
}

/** How much each member of staff has to answer. */
function assignedPanel(assigned: StartView['assigned']): Html {
  const lines = assigned.map(
    ({ name, count }) => html`<li><span>${name}</span><span>${formatCount(count)}行</span></li>`,
  );
  return panel({ title: '担当ごとの確認事項', icon: 'people' }, html`<ul class="feed-list">${lines}</ul>`);
}

function feedsPanel(feeds: readonly FeedState[]): Html {
  const lines = feeds.map(
    (feed) =>
      html`<li><span><a href="${feed.href}">${feed.label}</a><br><span class="small soft">${feed.lastAt === null ? 'まだ届いていません' : html`${instantText(feed.lastAt)}　${feed.detail}`}</span></span>${statusTag(feed.word, feed.tone)}</li>`,
  );
  return panel({ title: '届いたデータ', icon: 'upload' }, html`<ul class="feed-list">${lines}</ul>`);
}

function runningPanel(running: readonly RunningWork[]): Html {
  const lines = running.map(
    (run) =>
      html`<li><a href="${run.href}">${run.label}</a>${progress({ label: run.label, isLabelHidden: true, done: run.done, total: run.total })}</li>`,
  );
  return panel(
    { title: '動いている処理', icon: 'clock', aside: countBadge(running.length) },
    html`<ul class="stack-tight">${lines}</ul>`,
  );
}

function coveragePanel(coverage: Coverage): Html {
  const title = `${coverage.monthLabel}の接種`;
  const aside = html`<nav class="row" aria-label="月を選ぶ">${buttonLink('前の月', coverage.previousHref, { size: 'tiny' })}${coverage.nextHref !== null && buttonLink('次の月', coverage.nextHref, { size: 'tiny' })}</nav>`;
  if (coverage.lines.length === 0) {
    return panel(
      { title, icon: 'chart', aside },
      emptyState(
        'この月の接種はまだ登録されていません',
        html`<p>接種記録を受け付けて台帳に登録すると、ここに出ます。</p>`,
        'chart',
      ),
    );
  }
  const foot =
    coverage.forecastOn === null
      ? html`<p class="small soft">まだ受けていない人の数は、接種予定を計算すると出ます。</p>`
      : html`<p class="small soft">「まだの人」は${dayText(coverage.forecastOn)}の時点で対象の人のうち、受けていない人です。「接種」は回数で、同じ人の2回は2と数えます。割合は、接種の回数 ÷（接種の回数＋まだの人）です。</p>`;
  const remark = coverage.remark !== null && html`<p class="small">${coverage.remark}</p>`;
  return panel(
    { title, icon: 'chart', isFlush: true, foot: html`${remark}${foot}`, aside },
    table<CoverageLine>({
      caption: title,
      density: 'dense',
      becomesCards: false,
      class: 'coverage',
      rows: coverage.lines,
      columns: [
        { label: '予防接種', isRowHeader: true, cell: (line) => line.label },
        { label: '接種', isNumber: true, cell: (line) => formatCount(line.given) },
        {
          label: 'まだの人',
          isNumber: true,
          cell: (line) => (line.waiting === null ? '－' : formatCount(line.waiting)),
        },
        { label: '割合', isNumber: true, cell: (line) => share(line) },
      ],
    }),
  );
}

function share(line: CoverageLine): Html | string {
  if (line.waiting === null) return '－';
  const whole = line.given + line.waiting;
  const words = percentText(line.given, whole);
  return html`<span class="coverage-share">${meterBar(whole === 0 ? 0 : line.given / whole, `${line.label} ${words}`)}<span>${words}</span></span>`;
}
