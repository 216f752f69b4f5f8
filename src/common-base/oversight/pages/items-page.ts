import { type CatalogueItem, catalogueItems, type ItemCatalogue, type ItemSubject } from '#common-base/linkage';
import { type Html, html, notice, pageHead, panel, statusTag, table } from '#platform/pages';

const subjectNames: Readonly<Record<ItemSubject, string>> = { residents: '住民', nonRegistered: '住登外者' };

/** 項目の一覧: what of each group this municipality holds, in the words of its 評価書, and what it does not. */
export function itemsPage(catalogue: ItemCatalogue): Html {
  const groups = Map.groupBy(catalogueItems, ({ groupJa }) => groupJa);
  return html`${pageHead('項目の一覧', {
    lead: catalogue.isLimited
      ? '特定個人情報保護評価書で届け出た項目だけを登録し、表示します（設定 items.json）。'
      : '設定 items.json に項目の一覧がないので、システムにあるすべての項目を登録できます。',
  })}
    <p>宛名番号、氏名、カナ、生年月日、性別、住所、住民期間、死亡、支援措置、接種の日・種類・製品・結果・医療機関・予診票の番号は、なければ仕事ができない項目なので、どの団体も持ちます。個人番号は別の保管庫にあり、この一覧の外です。</p>
    ${
      catalogue.strangers.length > 0 &&
      notice(
        'warning',
        'システムにない項目が一覧にあります',
        html`<p>書きまちがいがないか確かめてください。<code>${catalogue.strangers.join('　')}</code></p>`,
      )
    }
    ${[...groups].map(([group, items]) => panel({ title: group, icon: 'list', isFlush: true }, groupTable(group, items, catalogue)))}`;
}

function groupTable(group: string, items: readonly CatalogueItem[], catalogue: ItemCatalogue): Html {
  return table<CatalogueItem>({
    caption: group,
    density: 'dense',
    rows: items,
    columns: [
      { label: '項目', isRowHeader: true, cell: ({ nameJa }) => nameJa },
      { label: '評価書のことば', cell: ({ item }) => catalogue.findDeclared(item)?.words ?? null },
      {
        label: '持つ',
        cell: ({ item }) => (catalogue.mayHold(item) ? '持ちます' : statusTag('持ちません', 'neutral')),
      },
      { label: 'だれの', cell: ({ item }) => (catalogue.mayHold(item) ? whose(catalogue, item) : null) },
      { label: '番号', cell: ({ item }) => html`<code>${item}</code>` },
    ],
  });
}

function whose(catalogue: ItemCatalogue, item: string): string {
  const subjects = catalogue.findDeclared(item)?.subjects ?? null;
  return subjects === null ? 'すべての人' : subjects.map((subject) => subjectNames[subject]).join('、');
}
