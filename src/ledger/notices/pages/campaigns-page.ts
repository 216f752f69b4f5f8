import type { Day } from '#kernel';
import {
  button,
  buttonLink,
  dayText,
  emptyState,
  errorSummary,
  type FormError,
  figureRow,
  formatCount,
  type Html,
  html,
  meterBar,
  pageHead,
  panel,
  postForm,
  table,
} from '#platform/pages';
import type { Campaign, CampaignEffect } from '../list-campaigns.ts';
import { campaignAgainPath, campaignPath, printJobPath } from './paths.ts';

/** What was sent to whom and came back, campaign by campaign. */
export function campaignsPage(campaigns: readonly Campaign[]): Html {
  return html`${pageHead('通知の結果', { lead: '送ったもの、戻ったもの、その後に接種した人を、印刷ごとに見ます。' })}${panel(
    { title: '通知', icon: 'chart', isFlush: true },
    table<Campaign>({
      caption: '通知',
      density: 'dense',
      rows: campaigns,
      whenEmpty: emptyState('まだ送っていません', undefined, 'chart'),
      columns: [
        {
          label: '通知',
          isRowHeader: true,
          cell: ({ job }) =>
            html`<a href="${campaignPath(job.printJobId)}">${job.label}</a><br><span class="small soft">${job.layoutTitle}</span>`,
        },
        { label: '発行日', isNoWrap: true, cell: ({ job }) => dayText(job.issuedOn) },
        {
          label: '発送日',
          isNoWrap: true,
          cell: ({ postedOn }) => (postedOn === null ? 'まだ記録なし' : dayText(postedOn)),
        },
        { label: '郵便', isNumber: true, cell: ({ letters }) => formatCount(letters) },
        { label: '戻った', isNumber: true, cell: ({ returned }) => formatCount(returned) },
        { label: '電子（届けた）', isNumber: true, cell: ({ messages }) => formatCount(messages.sent) },
        {
          label: '電子（待ち・失敗）',
          isNumber: true,
          cell: ({ messages }) =>
            `${formatCount(messages.waiting + messages.sending)}・${formatCount(messages.failed)}`,
        },
      ],
    }),
  )}`;
}

/** One campaign: whom it reached, and how many of them were vaccinated within how many weeks. */
export function campaignPage(view: {
  campaign: CampaignEffect;
  today: Day;
  errors: readonly FormError[];
  maySend: boolean;
  csrfToken: string;
}): Html {
  const { campaign, today } = view;
  const { job, reached, vaccinatedByWeek, messages } = campaign;
  const bars = vaccinatedByWeek.map((people, i) => {
    // A week that is still to come shows nothing, not nobody.
    if ((campaign.postedOn ?? job.issuedOn) + 7 * i > today) {
      return html`<li class="soft"><span>${i + 1}週まで</span><span>これから</span><b class="figures"></b><span></span></li>`;
    }
    const share = reached === 0 ? 0 : people / reached;
    const percent = `${(share * 100).toFixed(1)}%`;
    return html`<li><span>${i + 1}週まで</span>${meterBar(share, `${i + 1}週まで ${people}人 ${percent}`)}<b class="figures">${formatCount(people)}</b><span>人（${percent}）</span></li>`;
  });
  return html`${errorSummary(view.errors)}${pageHead(job.label, {
    lead: html`${job.layoutTitle}　発行日 ${dayText(job.issuedOn)}　発送日 ${campaign.postedOn === null ? 'まだ記録なし' : dayText(campaign.postedOn)}`,
    actions: buttonLink('印刷の画面', printJobPath(job.printJobId), { icon: 'print' }),
  })}${figureRow(
    [
      { label: '届いた', value: reached, unit: '人', icon: 'check' },
      { label: '戻った', value: campaign.returned, unit: '通', icon: 'inbox' },
      { label: '電子で届けた', value: messages.sent, unit: '人', icon: 'bell' },
      { label: '電子で届かない', value: messages.failed, unit: '人', icon: 'alert' },
      { label: '接種などで取りやめ', value: messages.cancelled, unit: '人', icon: 'dash' },
    ],
    '結果',
  )}${view.maySend && againPanel(campaign, view.csrfToken)}${panel(
    { title: 'その後に接種した人', icon: 'chart' },
    html`<p class="small soft">届いた人のうち、発送日（記録がなければ発行日）から数えて接種の記録がある人です。通知のために接種したとは限りません。</p><ul class="share-list">${bars}</ul>`,
  )}`;
}

/** What was not handed over, to be sent once more; nothing where all arrived. */
function againPanel({ job, messages }: CampaignEffect, csrfToken: string): Html | false {
  const { failed, sending } = messages;
  if (failed + sending === 0) return false;
  const again = (from: 'failed' | 'sending', label: string) =>
    postForm(
      { action: campaignAgainPath(job.printJobId), csrfToken },
      html`${button(label, { name: 'from', value: from, icon: 'bell' })}`,
    );
  return panel(
    { title: '届かなかった電子の通知', icon: 'alert' },
    html`<p class="small soft">理由は、送り先の設定がない、相手が応えない、などです。直してから送り直してください。送る前に、希望、接種、住所をもう一度確かめます。</p><div class="button-row">${failed > 0 && again('failed', `届かなかった${formatCount(failed)}件をもう一度送る`)}${sending > 0 && again('sending', `途中で止まった${formatCount(sending)}件を、届いていないものとして送る`)}</div>`,
  );
}
