import { attributes, classNames, type Html, type HtmlValue, html } from './html.ts';

/** One column: its heading and what a row shows there. */
export interface Column<Row> {
  readonly label: string;
  readonly cell: (row: Row, index: number) => HtmlValue;
  /** The cell names the row (one column of a table should). */
  readonly isRowHeader?: boolean;
  readonly isNumber?: boolean;
  readonly isNoWrap?: boolean;
  /** The heading is for readers aloud only (a column of buttons). */
  readonly isLabelHidden?: boolean;
}

/** A table of rows. */
export interface TableOptions<Row> {
  /** What the table holds; read aloud, and shown when `isCaptionShown`. */
  readonly caption: string;
  readonly isCaptionShown?: boolean;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly density?: 'normal' | 'dense';
  readonly rowAttributes?: (row: Row, index: number) => Readonly<Record<string, string | number | boolean | null>>;
  /** What stands there instead when no row does. */
  readonly whenEmpty?: Html;
  readonly footer?: Html;
  /** On a narrow window each row becomes a card; off for tables that are read across. */
  readonly becomesCards?: boolean;
  readonly class?: string;
}

/** Rows under headings; scrolls sideways by itself, becomes cards on a phone, says what to do when it is empty. */
export function table<Row>(options: TableOptions<Row>): Html {
  if (options.rows.length === 0 && options.whenEmpty !== undefined) return options.whenEmpty;
  const heads = options.columns.map((column) => {
    const label =
      column.isLabelHidden === true ? html`<span class="visually-hidden">${column.label}</span>` : column.label;
    return html`<th ${attributes({ scope: 'col', class: columnClass(column) })}>${label}</th>`;
  });
  const rows = options.rows.map((row, index) => {
    const cells = options.columns.map((column) => tableCell(column, row, index));
    return html`<tr${attributes(options.rowAttributes?.(row, index) ?? {})}>${cells}</tr>`;
  });
  const tag = classNames(
    'table',
    options.density === 'dense' && 'table-dense',
    options.becomesCards === false ? 'table-across' : 'table-cards',
    options.class,
  );
  const caption = options.isCaptionShown === true ? null : 'visually-hidden';
  // What is read across may be wider than the window: then the keyboard must be able to move it.
  const scroll = attributes(
    options.becomesCards === false
      ? { class: 'table-scroll', tabindex: 0, role: 'group', 'aria-label': options.caption }
      : { class: 'table-scroll' },
  );
  return html`<div ${scroll}
    ><table class="${tag}"
      ><caption${attributes({ class: caption })}>${options.caption}</caption><thead><tr>${heads}</tr></thead><tbody>${rows}</tbody>${options.footer && html`<tfoot>${options.footer}</tfoot>`}</table
    ></div
  >`;
}

function tableCell<Row>(column: Column<Row>, row: Row, index: number): Html {
  const tag = attributes({
    class: columnClass(column),
    'data-label': column.isLabelHidden === true ? null : column.label,
  });
  const value = column.cell(row, index);
  const shown =
    value === null || value === undefined || value === false || value === '' ? '' : html`<div>${value}</div>`;
  if (column.isRowHeader === true) return html`<th scope="row"${tag}>${shown}</th>`;
  return html`<td${tag}>${shown}</td>`;
}

function columnClass<Row>(column: Column<Row>): string | null {
  return classNames(column.isNumber === true && 'number', column.isNoWrap === true && 'nowrap') || null;
}
