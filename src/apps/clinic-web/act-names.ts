/** What the acts of the clinics' rooms are called in the log that auditors read. */
export const clinicActNames: Readonly<Record<string, string>> = {
  'doses.checked': '接種前の確認',
  'doses.corrected': '接種の記録の訂正',
  'doses.listed': '今日の記録の閲覧',
  'doses.recorded': '接種の記録',
  'doses.viewed': '接種の記録の閲覧',
  'doses.withdrawn': '接種の記録の取消',
  'exchange.mastersTaken': '自治体からの一覧の受信',
  'exchange.officeConnected': '自治体の鍵の登録',
  'exchange.recordsDelivered': '自治体への記録の引き渡し',
  'exchange.ticketsTaken': '自治体からの予診票の受信',
  'municipalities.settingsLoaded': '団体の設定の読み込み',
  'tickets.opened': '予診票を開いた',
  'tickets.openingFailed': '番号と生年月日が合わなかった',
  'tickets.openingRefused': '使えない予診票を断った',
  'tickets.openingStopped': '番号の入力を止めている間の試み',
};
