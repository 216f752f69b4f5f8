import { linkedSystemsPath } from '#addressees/inquiries';
import { registerDifferencesPath, relaysPath } from '#addressees/numbers';
import { personSearchPath } from '#addressees/persons';
import { accuracyPath, numberQuestionsPath, registrationPath } from '#addressees/registration';
import type { Actor, Permission } from '#common-base/access';
import { approvalsPath, mayDo, vendorsPath, worksPath } from '#common-base/access';
import { exportsPath, itemsPath, mediaPath, provisionsPath } from '#common-base/oversight';
import { bundlesPath } from '#ledger/bundles';
import { clinicsPath } from '#ledger/clinic-exchange';
import { institutionsPath, pricesPath } from '#ledger/contracts';
import { historyInquiriesPath, historyProvisionsPath } from '#ledger/history-inquiries';
import { intakePath } from '#ledger/intake';
import { masterPath } from '#ledger/masters';
import { reservationsPath } from '#ledger/reservations';
import { rulesPath } from '#ledger/rules';
import { lotTracePath, reportsPath } from '#ledger/safety';
import { changesPath } from '#ledger/vaccinations';
import type { IconName, NavigationGroup } from '#platform/pages';
import { importsPath, layoutsPath, runsPath, startPath } from './pages/paths.ts';

interface Entry {
  readonly label: string;
  readonly href: string;
  readonly icon: IconName;
  readonly permission: Permission;
}

interface Group {
  readonly label: string | null;
  readonly items: readonly Entry[];
}

const entries: readonly Group[] = [
  {
    label: null,
    items: [
      { label: 'ホーム', href: startPath, icon: 'home', permission: 'start.view' },
      { label: '人をさがす', href: personSearchPath, icon: 'search', permission: 'persons.search' },
    ],
  },
  {
    label: '日々の仕事',
    items: [
      { label: '記録の受付', href: intakePath, icon: 'inbox', permission: 'intake.view' },
      { label: '他自治体からの照会', href: historyProvisionsPath, icon: 'upload', permission: 'histories.compare' },
      { label: '予診票の束', href: bundlesPath, icon: 'list', permission: 'bundles.view' },
      { label: '医療機関からの記録', href: clinicsPath, icon: 'download', permission: 'intake.view' },
      { label: '転入者の接種歴照会', href: historyInquiriesPath, icon: 'history', permission: 'histories.compare' },
      { label: '接種の予約', href: reservationsPath, icon: 'calendar', permission: 'reservations.view' },
      { label: '通知と予診票', href: '/notices', icon: 'mail', permission: 'notices.view' },
      { label: '異動リスト', href: changesPath, icon: 'history', permission: 'vaccinations.view' },
      { label: '副反応・間違い接種', href: reportsPath('adverseReaction'), icon: 'alert', permission: 'safety.view' },
      { label: 'ロットの追跡', href: lotTracePath, icon: 'tag', permission: 'safety.view' },
      { label: '申請と承認', href: approvalsPath, icon: 'check', permission: 'approvals.view' },
      { label: '処理の状況', href: runsPath, icon: 'clock', permission: 'jobs.view' },
    ],
  },
  {
    label: '宛名と番号',
    items: [
      { label: '他課からの取込', href: importsPath, icon: 'upload', permission: 'intake.view' },
      { label: '住登外者の登録', href: registrationPath, icon: 'person', permission: 'persons.register' },
      { label: '要確認の個人番号', href: numberQuestionsPath, icon: 'question', permission: 'numbers.confirm' },
      { label: '住基ネットとの違い', href: registerDifferencesPath, icon: 'alert', permission: 'numbers.askRegister' },
      { label: '正確性の点検', href: accuracyPath, icon: 'checkCircle', permission: 'persons.register' },
      { label: '中間サーバー', href: relaysPath, icon: 'shield', permission: 'numbers.requestLinkCode' },
      { label: '宛名を照会するシステム', href: linkedSystemsPath, icon: 'shield', permission: 'settings.view' },
    ],
  },
  {
    label: 'きまりとマスタ',
    items: [
      { label: '接種のきまり', href: rulesPath, icon: 'book', permission: 'rules.view' },
      { label: '医療機関', href: institutionsPath, icon: 'list', permission: 'institutions.view' },
      { label: '契約の単価', href: pricesPath, icon: 'list', permission: 'institutions.view' },
      { label: 'マスタ', href: masterPath('lot'), icon: 'tag', permission: 'masters.view' },
      { label: 'ファイルの並び', href: layoutsPath, icon: 'file', permission: 'intake.receive' },
    ],
  },
  {
    label: '持ち出しと提供',
    items: [
      { label: 'データの持ち出し', href: exportsPath, icon: 'download', permission: 'exports.view' },
      { label: '媒体の管理簿', href: mediaPath, icon: 'list', permission: 'exports.view' },
      { label: '提供の根拠', href: provisionsPath, icon: 'book', permission: 'provisions.view' },
      { label: '項目の一覧', href: itemsPath, icon: 'list', permission: 'settings.view' },
    ],
  },
  {
    label: '権限と監査',
    items: [
      { label: '閲覧と操作の記録', href: '/audit/log', icon: 'eye', permission: 'audit.view' },
      { label: '異常な利用の点検', href: '/reviews/anomalies', icon: 'alert', permission: 'audit.reviewAnomalies' },
      { label: '本人への報告', href: '/audit/person-report', icon: 'person', permission: 'audit.reportForPerson' },
      { label: '役割と権限', href: '/audit/permissions', icon: 'shield', permission: 'permissions.view' },
      { label: '期限つきの権限', href: '/permissions/lent', icon: 'clock', permission: 'permissions.revoke' },
      { label: '権限の棚卸し', href: '/reviews/access', icon: 'list', permission: 'permissions.review' },
      { label: '委託先', href: vendorsPath, icon: 'people', permission: 'vendors.view' },
      { label: '委託先の作業', href: worksPath, icon: 'clock', permission: 'work.view' },
      { label: '職員', href: '/staff', icon: 'people', permission: 'staff.view' },
    ],
  },
];

/** So many groups from the first always show their entries: what a clerk opens every day. */
const groupsAlwaysOpen = 2;
/** Whoever may open no more than this sees every entry at once. */
const entriesAtOnce = 16;

/**
 * The side navigation of a person: only what they may open; the entry of the page is marked. Where that is much, groups
 * beside the daily work are folded until the person is in one of them.
 */
export function navigationFor(actor: Actor, current: string): readonly NavigationGroup[] {
  const groups = entries.map(({ label, items }, place) => ({
    label,
    isDaily: place < groupsAlwaysOpen,
    items: items
      .filter((entry) => mayDo(actor, entry.permission))
      .map((entry) => ({
        label: entry.label,
        href: entry.href,
        icon: entry.icon,
        isCurrent: isCurrent(entry.href, current),
      })),
  }));
  const isMuch = groups.reduce((count, { items }) => count + items.length, 0) > entriesAtOnce;
  return groups
    .filter(({ items }) => items.length > 0)
    .map(({ label, items, isDaily }) => ({
      label,
      items,
      isFolded: isMuch && !isDaily && !items.some((item) => item.isCurrent),
    }));
}

function isCurrent(href: string, current: string): boolean {
  return href === startPath ? current === startPath : current === href || current.startsWith(`${href}/`);
}
