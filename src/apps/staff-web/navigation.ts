import { linkedSystemsPath } from '#addressees/inquiries';
import { registerDifferencesPath, relaysPath } from '#addressees/numbers';
import { personSearchPath } from '#addressees/persons';
import { accuracyPath, numberQuestionsPath, registrationPath } from '#addressees/registration';
import type { Actor, Permission } from '#common-base/access';
import { mayDo } from '#common-base/access';
import { exportsPath, itemsPath, mediaPath, provisionsPath } from '#common-base/oversight';
import { bundlesPath } from '#ledger/bundles';
import { clinicsPath } from '#ledger/clinic-exchange';
import { institutionsPath, pricesPath } from '#ledger/contracts';
import { historyInquiriesPath } from '#ledger/history-inquiries';
import { intakePath } from '#ledger/intake';
import { masterPath } from '#ledger/masters';
import { rulesPath } from '#ledger/rules';
import { reportsPath } from '#ledger/safety';
import { changesPath } from '#ledger/vaccinations';
import type { IconName, NavigationGroup } from '#platform/pages';
import { importsPath, layoutsPath, runsPath, startPath } from './pages/paths.ts';

interface Entry {
  readonly label: string;
  readonly href: string;
  readonly icon: IconName;
  readonly permission: Permission;
}

const entries: readonly { readonly label: string | null; readonly items: readonly Entry[] }[] = [
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
      { label: '医療機関からの記録', href: clinicsPath, icon: 'download', permission: 'intake.view' },
      { label: '転入者の接種歴照会', href: historyInquiriesPath, icon: 'history', permission: 'histories.compare' },
      { label: '予診票の束', href: bundlesPath, icon: 'list', permission: 'bundles.view' },
      { label: '住登外者の登録', href: registrationPath, icon: 'person', permission: 'persons.register' },
      { label: '通知と予診票', href: '/notices', icon: 'mail', permission: 'notices.view' },
      { label: '要確認の個人番号', href: numberQuestionsPath, icon: 'question', permission: 'numbers.confirm' },
      { label: '住基ネットとの違い', href: registerDifferencesPath, icon: 'alert', permission: 'numbers.askRegister' },
      { label: '他課からの取込', href: importsPath, icon: 'upload', permission: 'intake.view' },
      { label: '異動リスト', href: changesPath, icon: 'history', permission: 'vaccinations.view' },
      { label: '処理の状況', href: runsPath, icon: 'clock', permission: 'jobs.view' },
    ],
  },
  {
    label: '確かめる',
    items: [
      { label: '正確性の点検', href: accuracyPath, icon: 'checkCircle', permission: 'persons.register' },
      { label: '医療機関', href: institutionsPath, icon: 'list', permission: 'institutions.view' },
      { label: '副反応・間違い接種', href: reportsPath('adverseReaction'), icon: 'alert', permission: 'safety.view' },
      { label: '契約の単価', href: pricesPath, icon: 'list', permission: 'institutions.view' },
      { label: '中間サーバー', href: relaysPath, icon: 'shield', permission: 'numbers.requestLinkCode' },
      { label: '宛名を照会するシステム', href: linkedSystemsPath, icon: 'shield', permission: 'settings.view' },
      { label: 'マスタ', href: masterPath('lot'), icon: 'tag', permission: 'masters.view' },
      { label: 'ファイルの並び', href: layoutsPath, icon: 'file', permission: 'intake.receive' },
      { label: '接種のきまり', href: rulesPath, icon: 'book', permission: 'rules.view' },
      { label: 'データの持ち出し', href: exportsPath, icon: 'download', permission: 'exports.view' },
      { label: '項目の一覧', href: itemsPath, icon: 'list', permission: 'settings.view' },
      { label: '提供の根拠', href: provisionsPath, icon: 'book', permission: 'provisions.view' },
      { label: '媒体の管理簿', href: mediaPath, icon: 'list', permission: 'exports.view' },
      { label: '閲覧と操作の記録', href: '/audit/log', icon: 'eye', permission: 'audit.view' },
      { label: '異常な利用の点検', href: '/reviews/anomalies', icon: 'alert', permission: 'audit.reviewAnomalies' },
      { label: '本人への報告', href: '/audit/person-report', icon: 'person', permission: 'audit.reportForPerson' },
      { label: '役割と権限', href: '/audit/permissions', icon: 'shield', permission: 'permissions.view' },
      { label: '申請と承認', href: '/approvals', icon: 'check', permission: 'approvals.view' },
      { label: '期限つきの権限', href: '/permissions/lent', icon: 'clock', permission: 'permissions.revoke' },
      { label: '権限の棚卸し', href: '/reviews/access', icon: 'list', permission: 'permissions.review' },
      { label: '職員', href: '/staff', icon: 'people', permission: 'staff.view' },
    ],
  },
];

/** The side navigation of a person: only what they may open; the entry of the page is marked. */
export function navigationFor(actor: Actor, current: string): readonly NavigationGroup[] {
  return entries
    .map((group) => ({
      label: group.label,
      items: group.items
        .filter((entry) => mayDo(actor, entry.permission))
        .map(({ label, href, icon }) => ({ label, href, icon, isCurrent: isCurrent(href, current) })),
    }))
    .filter((group) => group.items.length > 0);
}

function isCurrent(href: string, current: string): boolean {
  return href === startPath ? current === startPath : current === href || current.startsWith(`${href}/`);
}
